# Completion of test-network for fish: test-network completion fish | source
function __test_network_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines ($words[1] complete -- $words[2..-1] "$current" 2>/dev/null)
    string join \n -- $lines[2..-1]
    set -l path (string replace -r '^--[^=]*=' '' -- "$current")
    set -l before (string match -r '^--[^=]*=' -- "$current")
    switch "$lines[1]"
        case files
            string join \n -- "$before"(__fish_complete_path "$path")
        case folders
            string join \n -- "$before"(__fish_complete_directories "$path" '')
    end
end

complete --command test-network --no-files --keep-order --arguments '(__test_network_complete)'
