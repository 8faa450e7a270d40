# The harness as npm would publish it, with the dependencies that npm would install beside it, testcontainers and the
# client of Kubernetes among them, and no others.
{
  lib,
  runCommand,
  makeWrapper,
  installShellFiles,
  nodejs_24,
  workspace,
  meta,
}:
runCommand "test-network-${workspace.version}"
  {
    inherit (workspace) version;
    nativeBuildInputs = [
      makeWrapper
      installShellFiles
      nodejs_24
    ];
    meta = meta "Starts N peer-to-peer nodes, breaks the network on purpose, and says who misses whom, and why" // {
      mainProgram = "test-network";
    };
  }
  ''
    export HOME=$TMPDIR
    modules=$out/lib/node_modules
    mkdir -p $modules/@gossip-discovery/testbed
    cd ${workspace}
    npm pack --ignore-scripts --loglevel=error --workspace harness --pack-destination $TMPDIR
    tar -xzf $TMPDIR/*.tgz --strip-components=1 -C $modules/@gossip-discovery/testbed

    npm ls --workspace harness --omit=dev --all --parseable > $TMPDIR/dependencies
    client='[name="@kubernetes/client-node"]'
    npm query "#testcontainers, #testcontainers *, $client, $client *" |
      node -pe 'JSON.parse(fs.readFileSync(0)).map(({ path }) => path).join("\n")' >> $TMPDIR/dependencies
    sort -u -o $TMPDIR/dependencies $TMPDIR/dependencies
    # Links are followed: npm links to the other workspaces.
    copy() {
      sed -n "s|^${workspace}/$1node_modules/||p" $TMPDIR/dependencies | grep -v '^@gossip-discovery/' |
        tar -chf - --mode=u+w -C ./$1node_modules -T - | tar -xf - -C $2
    }
    copy "" $modules
    if [ -d harness/node_modules ]; then
      mkdir $modules/@gossip-discovery/testbed/node_modules
      copy harness/ $modules/@gossip-discovery/testbed/node_modules
    fi

    makeWrapper ${lib.getExe nodejs_24} $out/bin/test-network --add-flags $modules/@gossip-discovery/testbed/dist/cli/bin.js

    installManPage $modules/@gossip-discovery/testbed/man/test-network.1
    installShellCompletion --cmd test-network $modules/@gossip-discovery/testbed/completion/test-network.{bash,zsh,fish}
  ''
