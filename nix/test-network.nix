# The harness with the dependencies that npm would install beside it, and no others.
{
  lib,
  stdenv,
  runCommand,
  makeWrapper,
  nodejs_24,
  iproute2,
  nftables,
  workspace,
  meta,
}:
runCommand "test-network-${workspace.version}"
  {
    inherit (workspace) version;
    nativeBuildInputs = [
      makeWrapper
      nodejs_24
    ];
    meta = meta "Starts N peer-to-peer nodes, breaks the network on purpose, and says who misses whom, and why" // {
      mainProgram = "test-network";
    };
  }
  ''
    home=$out/lib/gossip-testbed
    mkdir -p $home
    cp -r ${workspace}/harness/package.json ${workspace}/harness/dist $home

    cd ${workspace}
    HOME=$TMPDIR npm ls --workspace gossip-testbed --omit=dev --all --parseable > $TMPDIR/dependencies
    grep /node_modules/ $TMPDIR/dependencies | grep -v /gossip-testbed$ | while read -r folder; do
      relative=''${folder#${workspace}/}
      mkdir -p $home/$(dirname $relative)
      cp -rn --no-preserve=mode $folder $home/$(dirname $relative)
    done

    makeWrapper ${lib.getExe nodejs_24} $out/bin/test-network --add-flags $home/dist/cli.js ${
      lib.optionalString stdenv.hostPlatform.isLinux "--prefix PATH : ${
        lib.makeBinPath [
          iproute2
          nftables
        ]
      }"
    }
  ''
