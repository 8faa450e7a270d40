{
  description = "Peer discovery for libp2p by gossip, and a test network that says who misses whom, and why";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";

  outputs =
    { nixpkgs, ... }:
    let
      inherit (nixpkgs) lib;
      systems = [
        "x86_64-linux"
        "aarch64-linux"
        "aarch64-darwin"
      ];
      eachSystem = f: lib.genAttrs systems (system: f (import ./nix nixpkgs.legacyPackages.${system}));
    in
    {
      packages = eachSystem (project: project.packages // { default = project.packages.test-network; });
      apps = eachSystem (project: project.apps // { default = project.apps.test-network; });
      checks = eachSystem (project: project.checks);
      devShells = eachSystem (project: { default = project.devShell; });
      formatter = eachSystem (project: project.formatter);

      overlays.default = final: _prev: { gossip-discovery = (import ./nix final).packages; };
      nixosModules.default = import ./nix/nixos-module.nix;
    };
}
