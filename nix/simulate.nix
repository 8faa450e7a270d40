{
  lib,
  writeShellApplication,
  packages,
  meta,
}:
writeShellApplication {
  name = "simulate";
  text = ''exec ${lib.getExe packages.test-network} --runner simulation "$@"'';
  meta = meta "The test network in virtual time, in one process" // {
    mainProgram = "simulate";
  };
}
