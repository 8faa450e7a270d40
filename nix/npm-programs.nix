# esbuild and biome, which npm ships as optional packages for each platform, in the versions of the lock file: esbuild
# talks to no other version of its JavaScript side, and two versions of biome may format differently. Neither needs a
# library of the system.
{
  lib,
  stdenv,
  runCommand,
  nodejs_24,
  cacert,
  meta,
}:
let
  lock = (lib.importJSON ../package-lock.json).packages;
  platform =
    {
      x86_64-linux = "linux-x64";
      aarch64-linux = "linux-arm64";
      aarch64-darwin = "darwin-arm64";
    }
    .${stdenv.hostPlatform.system};
  libc = lib.optionalString stdenv.hostPlatform.isLinux "-musl";

  # The lock file's integrity is the hash of the tarball, so that nothing here needs to be kept up to date.
  tarballOf =
    package:
    let
      inherit (lock."node_modules/${package}") version integrity;
    in
    runCommand "${baseNameOf package}-${version}.tgz" {
      nativeBuildInputs = [
        nodejs_24
        cacert
      ];
      impureEnvVars = lib.fetchers.proxyImpureEnvVars;
      outputHashMode = "flat";
      outputHashAlgo = "sha512";
      outputHash = integrity;
    } "HOME=$TMPDIR npm pack --loglevel=error ${package}@${version}; mv *.tgz $out";

  programOf =
    name: package: path:
    runCommand "${name}-${lock."node_modules/${package}".version}"
      {
        meta = meta "${name}, as the lock file has it" // {
          mainProgram = name;
        };
      }
      ''
        tar -xzf ${tarballOf package}
        install -Dm755 package/${path} $out/bin/${name}
      '';
in
{
  esbuild = programOf "esbuild" "@esbuild/${platform}" "bin/esbuild";
  biome = programOf "biome" "@biomejs/cli-${platform}${libc}" "biome";
}
