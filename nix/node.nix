# The node program: one file, and Node.
{
  lib,
  runCommand,
  makeWrapper,
  nodejs-slim_24,
  workspace,
  meta,
}:
runCommand "gossip-discovery-node-${workspace.version}"
  {
    inherit (workspace) version;
    nativeBuildInputs = [ makeWrapper ];
    meta = meta "A libp2p node that reports its address book as lines of JSON" // {
      mainProgram = "gossip-discovery-node";
    };
  }
  ''
    install -Dm644 ${workspace}/harness/dist/node.cjs $out/lib/node.cjs
    makeWrapper ${lib.getExe nodejs-slim_24} $out/bin/gossip-discovery-node --add-flags $out/lib/node.cjs
  ''
