{
  lib,
  stdenv,
  runCommand,
  nodejs_24,
  biome,
  esbuild,
  npmDeps,
  workspace,
  packages,
  testers,
  meta,
}:
let
  check =
    name: command:
    runCommand "gossip-discovery-${name}"
      {
        nativeBuildInputs = [
          nodejs_24
          biome
        ];
        env.ESBUILD_BINARY_PATH = lib.getExe esbuild;
        # macOS keeps builds off the network, the loopback interface too, unless they ask.
        __darwinAllowLocalNetworking = true;
        meta = meta "gossip-discovery: ${name}";
      }
      ''
        export HOME=$TMPDIR
        ${command}
        touch $out
      '';

  # For what writes beside the sources.
  checkInCopy =
    name: command:
    check name ''
      cp -r ${workspace} workspace
      chmod -R u+w workspace
      cd workspace
      ${command}
    '';
in
{
  npm-deps = npmDeps;
  types = checkInCopy "types" "npm run types";
  lint = check "lint" "cd ${workspace} && biome ci .";
  unit-tests = checkInCopy "unit-tests" ''
    shopt -s globstar
    npm test -- --disable-coverage lib/test/**/*.test.ts
  '';
  network = check "network" "${lib.getExe packages.test-network} 5 60 --out runs";
}
// lib.optionalAttrs stdenv.hostPlatform.isLinux { machines = testers.runNixOSTest ./nixos-test.nix; }
