# The repository with its dependencies in place, built: where every package and check starts.
# In place, since npm's links between the workspaces are relative.
{
  lib,
  stdenv,
  nodejs_24,
  npmDeps,
  esbuild,
  meta,
}:
stdenv.mkDerivation {
  pname = "gossip-discovery-workspace";
  inherit (lib.importJSON ../lib/package.json) version;
  src = lib.fileset.toSource {
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
  nativeBuildInputs = [ nodejs_24 ];
  env.ESBUILD_BINARY_PATH = lib.getExe esbuild;
  configurePhase = ''
    export HOME=$TMPDIR
    cp -r ${npmDeps}/. .
    chmod -R u+w .
    patchShebangs node_modules
  '';
  buildPhase = "npm run build";
  installPhase = "cp -r . $out";
  # Nothing here is a program of ours, and there are many files.
  dontFixup = true;
  meta = meta "The workspaces of gossip-discovery, built, with their dependencies";
}
