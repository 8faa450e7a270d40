# What is needed to work on the project. `npm ci` brings the rest.
{
  lib,
  stdenv,
  mkShell,
  nodejs_24,
  git,
  iproute2,
  util-linux,
  npmProgramsEnv,
  meta,
}:
mkShell {
  packages = [
    nodejs_24
    git
  ]
  ++ lib.optionals stdenv.hostPlatform.isLinux [
    iproute2
    util-linux
  ];
  # npm's optional packages are programs for common Linux systems, which do not start on NixOS; these take their place.
  env = npmProgramsEnv // {
    npm_config_omit = "optional";
  };
  # To stderr: the output of `nix develop --command ...` is the command's alone.
  shellHook = ''
    cat >&2 <<'END'
    npm ci                        install the dependencies
    npm run test-network -- 5 30  five nodes find each other
    npm run demo -- alice         an address book in a terminal
    npm test                      all tests; CONTRIBUTING.md says how to run one
    npm run check                 types, lint, format
    END
  '';
  meta = meta "A shell to work on gossip-discovery in";
}
