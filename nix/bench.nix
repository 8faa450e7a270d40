# From the sources: it bundles the node program itself, and counts bytes with `ss`.
{
  lib,
  stdenv,
  writeShellApplication,
  nodejs_24,
  iproute2,
  npmProgramsEnv,
  workspace,
  meta,
}:
writeShellApplication {
  name = "bench";
  runtimeInputs = [ nodejs_24 ] ++ lib.optional stdenv.hostPlatform.isLinux iproute2;
  text = ''
    export ESBUILD_BINARY_PATH=${npmProgramsEnv.ESBUILD_BINARY_PATH}
    exec node --conditions=@gossip/source --expose-gc ${workspace}/harness/bench/main.ts "$@"
  '';
  meta = meta "Measures the library and the harness" // {
    mainProgram = "bench";
  };
}
