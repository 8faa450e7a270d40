# The node program as a container image: `docker load < result`, then
# `docker run --interactive gossip-discovery-node:0.1.0`, the tag being the version of the library, since a node stops when
# its stdin closes.
{
  lib,
  dockerTools,
  nodejs-slim_24,
  packages,
  meta,
}:
let
  inherit (packages) node;
in
lib.addMetaAttrs (meta "The node program of gossip-discovery as a container image") (
  dockerTools.buildLayeredImage {
    name = "gossip-discovery-node";
    tag = node.version;
    config = {
      Entrypoint = [
        (lib.getExe nodejs-slim_24)
        "${node}/lib/node.cjs"
      ];
      User = "65534:65534";
    };
  }
)
