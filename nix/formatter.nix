# `nix fmt`: the whole repository, each language by its formatter.
{
  writeShellApplication,
  git,
  nixfmt,
  biome,
  meta,
}:
writeShellApplication {
  name = "format";
  runtimeInputs = [
    git
    nixfmt
    biome
  ];
  text = ''
    cd "$(git rev-parse --show-toplevel)"
    biome format --write .
    git ls-files -z '*.nix' ':!nix/nixpkgs-stub' | xargs -0 nixfmt
  '';
  meta = meta "Formats the whole repository" // {
    mainProgram = "format";
  };
}
