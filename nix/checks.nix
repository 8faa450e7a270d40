{
  lib,
  stdenv,
  runCommand,
  nodejs_24,
  npmDeps,
  npmProgramsEnv,
  workspace,
  packages,
  callPackage,
  testers,
  meta,
}:
let
  check =
    name: command:
    runCommand "gossip-discovery-${name}"
      {
        nativeBuildInputs = [ nodejs_24 ];
        # With CI set, programs print their last word and no live view.
        env = npmProgramsEnv // {
          CI = "true";
        };
        # macOS keeps builds off the network, the loopback interface too, unless they ask.
        __darwinAllowLocalNetworking = true;
        meta = meta "gossip-discovery: ${name}";
      }
      ''
        export HOME=$TMPDIR
        ${command}
        touch $out
      '';

  # For what writes beside the sources; the dependencies, which are most of it, need no copy.
  checkInCopy =
    name: command:
    check name ''
      find ${workspace} -mindepth 1 -maxdepth 1 -not -name node_modules -exec cp -r {} . \;
      chmod -R u+w .
      ln -s ${workspace}/node_modules
      ${command}
    '';
in
{
  npm-deps = npmDeps;
  types = checkInCopy "types" "npm run types";
  lint = check "lint" "cd ${workspace} && npx biome ci .";
  unit-tests = checkInCopy "unit-tests" ''
    npm run --silent test:core
    npx tap --disable-coverage --reporter=terse lib/test/libp2p/records/*.test.ts harness/test/simulation/*.test.ts
  '';
  network = check "network" "${lib.getExe packages.test-network} 5 60 --out runs";
}
// lib.optionalAttrs stdenv.hostPlatform.isLinux {
  module = callPackage ./module-check.nix { };
  machines = testers.runNixOSTest ./nixos-test.nix;
}
