# Everything that the flake offers, made from one set of packages.
pkgs:
let
  inherit (pkgs) lib;
  callPackage = lib.callPackageWith (pkgs // scope);
  callPackages = lib.callPackagesWith (pkgs // scope);

  # What the files in this folder take as arguments beside nixpkgs; in place of nixpkgs where the names are the same.
  scope = {
    inherit packages callPackage;
    meta = import ./meta.nix lib;
    npmDeps = callPackage ./npm-deps.nix { };
    inherit (callPackages ./npm-programs.nix { }) biome esbuild;
    # How npm's packages of these names find them.
    npmProgramsEnv = {
      BIOME_BINARY = lib.getExe scope.biome;
      ESBUILD_BINARY_PATH = lib.getExe scope.esbuild;
    };
    workspace = callPackage ./workspace.nix { };
  };

  packages = {
    lib = callPackage ./lib.nix { };
    node = callPackage ./node.nix { };
    test-network = callPackage ./test-network.nix { };
    simulate = callPackage ./simulate.nix { };
    demo = callPackage ./demo.nix { };
    bench = callPackage ./bench.nix { };
  }
  // lib.optionalAttrs pkgs.stdenv.hostPlatform.isLinux { image = callPackage ./image.nix { }; };
in
{
  inherit packages;
  apps = import ./apps.nix { inherit lib packages; };
  checks = callPackages ./checks.nix { };
  devShell = callPackage ./dev-shell.nix { };
  formatter = callPackage ./formatter.nix { };
}
