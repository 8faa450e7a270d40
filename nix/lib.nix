# The library as npm would publish it: `npm install ./result/*.tgz`.
{
  runCommand,
  nodejs_24,
  workspace,
  meta,
}:
runCommand "gossip-discovery-libp2p-${workspace.version}"
  {
    nativeBuildInputs = [ nodejs_24 ];
    meta = meta "A libp2p node finds its peers by gossip and keeps a truthful, expiring address book";
  }
  ''
    mkdir $out
    cd ${workspace}
    HOME=$TMPDIR npm pack --ignore-scripts --loglevel=error --workspace lib --pack-destination $out
  ''
