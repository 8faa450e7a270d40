# An image that `docker load` takes: the closure of its config, and what the host's own programs in it are linked with.
{ lib, runCommand, writeText, stdenv, ... }:
{
  buildLayeredImage = { name, tag, config }:
    let
      architecture = if stdenv.hostPlatform.isAarch64 then "arm64" else "amd64";
      configFile = writeText "config.json" (builtins.toJSON {
        inherit architecture config; os = "linux"; rootfs = { type = "layers"; diff_ids = [ "sha256:@layer@" ]; };
      });
      manifest = writeText "manifest.json" (builtins.toJSON [ { Config = "config.json"; RepoTags = [ "${name}:${tag}" ]; Layers = [ "layer.tar" ]; } ]);
    in
    runCommand "docker-image-${name}.tar.gz" { exportReferencesGraph = [ "graph" configFile ]; } ''
      grep '^/nix/store/' graph | grep -v '\.drv$' | sort -u > paths
      { xargs -I{} find {} -type f -perm -100 < paths | xargs ldd 2> /dev/null || true; } | grep -oE '/[^ :]+\.so[^ ]*' | sort -u > libraries
      mkdir root image
      xargs cp -R --parents -t root < paths
      xargs cp -L --parents -t root < libraries
      tar --sort=name --mtime=@1 --owner=0 --group=0 -cf image/layer.tar -C root .
      sed "s/@layer@/$(sha256sum image/layer.tar | cut -d' ' -f1)/" ${configFile} > image/config.json
      cp ${manifest} image/manifest.json
      tar -C image -c config.json manifest.json layer.tar | gzip -1 > $out
    '';
}
