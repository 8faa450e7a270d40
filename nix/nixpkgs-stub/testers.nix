# Evaluates each machine of a NixOS test, builds what its services run, and compiles the script. Boots nothing.
{ lib, runCommand, writeText, ... }@pkgs:
let
  # The characters that systemd's own syntax gives a meaning.
  escapeSystemdExecArg = arg: builtins.toJSON (builtins.replaceStrings [ "%" "$" ] [ "%%" "$$" ] (toString arg));
  utils.escapeSystemdExecArgs = args: lib.concatStringsSep " " (map escapeSystemdExecArg args);
  named = hostName: { options.networking.hostName = lib.mkOption { type = lib.types.str; default = hostName; }; };
in
{
  nixos = module: lib.evalModules { modules = [ (named "nixos") module ]; specialArgs = { inherit pkgs utils; }; };

  runNixOSTest = path:
    let
      test = import path { inherit lib pkgs; };
      names = builtins.attrNames test.nodes;
      addresses = lib.genAttrs names (name: "192.168.1.${toString (1 + builtins.length (builtins.filter (n: n < name) names))}");
      nixos = name: {
        options.networking = {
          hostName = lib.mkOption { type = lib.types.str; default = name; };
          primaryIPAddress = lib.mkOption { type = lib.types.str; default = addresses.${name}; };
        };
      };
      nodes = lib.mapAttrs (name: node: refuse (lib.evalModules { modules = [ (nixos name) node ]; specialArgs = { inherit pkgs utils nodes; }; }).config) test.nodes;
      refuse = config: lib.foldl' (c: a: if a.assertion then c else throw a.message) config (config.assertions or [ ]);
      machines = writeText "machines.json" (builtins.toJSON (lib.mapAttrs (_: config: { inherit (config) systemd networking; }) nodes));
      script = writeText "script.py" (if lib.isFunction test.testScript then test.testScript { inherit nodes; } else test.testScript);
    in
    runCommand "vm-test-run-${test.name}" { meta = test.meta or { }; } ''
      mkdir $out
      cp ${machines} $out/machines.json
      cp ${script} $out/script.py
      python3 -c 'import sys; compile(open(sys.argv[1]).read(), "testScript", "exec")' $out/script.py
    '';
}
