{
  writeShellApplication,
  nodejs_24,
  workspace,
  meta,
}:
writeShellApplication {
  name = "bench";
  runtimeInputs = [ nodejs_24 ];
  text = ''exec node --conditions=@gossip/source --expose-gc ${workspace}/harness/bench/main.ts "$@"'';
  meta = meta "Measures the library and the harness" // {
    mainProgram = "bench";
  };
}
