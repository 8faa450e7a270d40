# The repository with its dependencies in place, built: where every package and check starts.
# In place, since npm's links between the workspaces are relative.
{
  lib,
  runCommand,
  nodejs_24,
  npmDeps,
  npmProgramsEnv,
  meta,
}:
let
  inherit (lib.importJSON ../lib/package.json) version;
  source = lib.fileset.toSource {
    root = ../.;
    fileset = lib.fileset.difference ../. (
      lib.fileset.unions [
        ../.ci
        ../flake.lock
        ../flake.nix
        ../nix
      ]
    );
  };
in
runCommand "gossip-discovery-workspace-${version}"
  {
    inherit version;
    nativeBuildInputs = [ nodejs_24 ];
    env = npmProgramsEnv;
    meta = meta "The workspaces of gossip-discovery, built, with their dependencies";
  }
  ''
    export HOME=$TMPDIR
    cp -r ${source} $out
    chmod -R u+w $out
    cp -r ${npmDeps}/. $out
    chmod -R u+w $out
    cd $out
    patchShebangs --build node_modules
    npm run build
    # Writes into node_modules, which is read-only for those who start here.
    npm run pretest
  ''
