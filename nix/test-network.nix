# The harness as npm would publish it, with the dependencies that npm would install beside it and no others.
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
    cd ${workspace}
    HOME=$TMPDIR npm pack --ignore-scripts --loglevel=error --workspace harness --pack-destination $TMPDIR
    tar -xzf $TMPDIR/*.tgz --strip-components=1 -C $home

    HOME=$TMPDIR npm ls --workspace harness --omit=dev --all --parseable > $TMPDIR/dependencies
    sed -n 's|^${workspace}/\(node_modules/.*\)|./\1|p' $TMPDIR/dependencies | grep -v /gossip-testbed$ |
      tar -cf - --mode=u+w -T - | tar -xf - -C $home

    makeWrapper ${lib.getExe nodejs_24} $out/bin/test-network --add-flags $home/dist/cli.js ${
      lib.optionalString stdenv.hostPlatform.isLinux "--prefix PATH : ${
        lib.makeBinPath [
          iproute2
          nftables
        ]
      }"
    }
  ''
