{
  config,
  lib,
  pkgs,
}:
let
  inherit (lib) mkOption types;
  multiaddr = types.strMatching "/.+";
in
{
  enable = lib.mkEnableOption "a libp2p node that finds its peers by gossip";
  package = mkOption {
    type = types.package;
    default = (import ./. pkgs).packages.node;
    defaultText = lib.literalExpression "gossip-discovery.packages.\${system}.node";
    description = "The node program: any program that keeps the contract in docs/CONTRACT.md.";
  };
  name = mkOption {
    type = types.str;
    default = config.networking.hostName;
    defaultText = lib.literalExpression "config.networking.hostName";
    description = "How the node is called in the address books of others. At most 64 bytes; need not be unique.";
  };
  listenAddresses = mkOption {
    type = types.listOf multiaddr;
    default = [ "/ip4/0.0.0.0/tcp/4001" ];
    example = [ "/ip6/::/tcp/4001" ];
    description = "Multiaddrs to listen on.";
  };
  bootstrapPeers = mkOption {
    type = types.listOf multiaddr;
    default = [ ];
    example = [ "/dns4/alice.example.org/tcp/4001" ];
    description = "Multiaddrs of nodes to start from; with or without the peer id at their end.";
  };
  topic = mkOption {
    type = types.nullOr (types.strMatching ".+");
    default = null;
    example = "storage.example.org";
    description = "The network: nodes of different topics do not list each other. The library's default if null.";
  };
  keyFile = mkOption {
    type = types.nullOr types.path;
    default = null;
    example = "/run/secrets/gossip-discovery-key";
    description = ''
      File with the node's private key, as the node program writes it with `--key`; only root needs to read it. If null, the
      service makes a key at its first start and keeps it in /var/lib/gossip-discovery.
    '';
  };
  announceIntervalMs = mkOption {
    type = types.nullOr (types.ints.between 100 3600000);
    default = null;
    description = "Between two announcements, in milliseconds; the library's default if null.";
  };
  ttlMs = mkOption {
    type = types.nullOr (types.ints.between 1000 86400000);
    default = null;
    description = "How long others list this node without news of it, in milliseconds, at least three times `announceIntervalMs`; the library's default if null.";
  };
  mdns = mkOption {
    type = types.bool;
    default = false;
    description = "Whether to look for peers on the local network by multicast DNS.";
  };
  openFirewall = mkOption {
    type = types.bool;
    default = false;
    description = "Whether to open the TCP ports of `listenAddresses`, and UDP port 5353 if `mdns` is on.";
  };
}
