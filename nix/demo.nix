{
  writeShellApplication,
  nodejs_24,
  workspace,
  meta,
}:
writeShellApplication {
  name = "demo";
  runtimeInputs = [ nodejs_24 ];
  text = ''DEMO_COMMAND='nix run .#demo' exec node --conditions=@gossip/source ${workspace}/examples/address-book-demo.ts "$@"'';
  meta = meta "An address book in a terminal that fills as other demos join" // {
    mainProgram = "demo";
  };
}
