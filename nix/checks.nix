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
  inWorkspace =
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
        cp -r ${workspace} workspace
        chmod -R u+w workspace
        cd workspace
        ${command}
        touch $out
      '';
in
{
  npm-deps = npmDeps;
  types = inWorkspace "types" "npm run types";
  lint = inWorkspace "lint" "biome ci .";
  unit-tests = inWorkspace "unit-tests" "npm test -- --disable-coverage lib/test";
  network = inWorkspace "network" "${lib.getExe packages.test-network} 5 60 --out $TMPDIR/runs";
}
// lib.optionalAttrs stdenv.hostPlatform.isLinux { machines = testers.runNixOSTest ./nixos-test.nix; }
