{
  description = "Stand-in for nixpkgs: the few attributes our flake uses, built on the host's own tools. Tests only.";
  outputs = { self }:
    let lib = import ./lib.nix; in
    {
      inherit lib;
      legacyPackages = lib.genAttrs [ "x86_64-linux" "aarch64-linux" "aarch64-darwin" ]
        (system: import ./pkgs.nix { inherit lib system; });
    };
}
