# Every npm dependency of the workspaces, held by one hash for all platforms. `npm run nix:hash` writes it.
# The lock file's own hash is part of the name: when the lock file moves, Nix builds again in place of trusting what it
# has, and a hash that has become stale fails with the new one in the message.
{
  lib,
  runCommand,
  nodejs_24,
  cacert,
  meta,
}:
let
  lockHash = builtins.hashFile "sha256" ../package-lock.json;
in
runCommand "npm-deps-of-lock-${builtins.substring 0 12 lockHash}"
  {
    src = lib.fileset.toSource {
      root = ../.;
      fileset = lib.fileset.unions (
        [
          ../package.json
          ../package-lock.json
        ]
        ++ map (workspace: ../${workspace}/package.json) (lib.importJSON ../package.json).workspaces
      );
    };
    nativeBuildInputs = [
      nodejs_24
      cacert
    ];
    impureEnvVars = lib.fetchers.proxyImpureEnvVars;
    outputHashMode = "recursive";
    outputHashAlgo = "sha256";
    outputHash = lib.fileContents ./npm-deps-hash;
    meta = meta "Every npm dependency of gossip-discovery";
  }
  ''
    export HOME=$TMPDIR
    cp -r $src source
    chmod -R u+w source
    cd source
    bash ${./npm-deps.sh} $out
  ''
