# services.gossip-discovery: the node program as a service.
{
  config,
  lib,
  pkgs,
  utils,
  ...
}:
let
  cfg = config.services.gossip-discovery;

  flag = name: value: lib.optionals (value != null) [ "--${name}" (toString value) ];
  command = [
    (lib.getExe cfg.package)
  ]
  ++ flag "name" cfg.name
  ++ lib.concatMap (flag "listen") cfg.listenAddresses
  ++ lib.concatMap (flag "bootstrap") cfg.bootstrapPeers
  ++ flag "topic" cfg.topic
  ++ flag "announce-interval-ms" cfg.announceIntervalMs
  ++ flag "ttl-ms" cfg.ttlMs
  ++ lib.optional cfg.mdns "--mdns";

  # %d is where systemd puts credentials.
  keyFile = if cfg.keyFile == null then "/var/lib/gossip-discovery/key" else "%d/key";

  # The library's default, which only the assertion needs.
  announceIntervalMs = if cfg.announceIntervalMs == null then 10000 else cfg.announceIntervalMs;

  portOf = address: builtins.match ".*/tcp/([0-9]+)(/.*)?" address;
  listenPorts = map (address: lib.toInt (lib.head (portOf address))) (
    lib.filter (address: portOf address != null) cfg.listenAddresses
  );
in
{
  options.services.gossip-discovery = import ./nixos-options.nix { inherit config lib pkgs; };

  config = lib.mkIf cfg.enable {
    assertions = [
      {
        assertion = cfg.ttlMs == null || cfg.ttlMs >= 3 * announceIntervalMs;
        message = "services.gossip-discovery.ttlMs must be at least three times announceIntervalMs, ${toString announceIntervalMs}, got ${toString cfg.ttlMs}.";
      }
      {
        assertion = builtins.stringLength cfg.name <= 64;
        message = "services.gossip-discovery.name must be at most 64 bytes, got ${toString (builtins.stringLength cfg.name)}.";
      }
      {
        assertion = cfg.topic == null || builtins.stringLength cfg.topic <= 994;
        message = "services.gossip-discovery.topic must be at most 994 bytes, got ${toString (builtins.stringLength cfg.topic)}.";
      }
      {
        assertion = cfg.listenAddresses != [ ];
        message = "services.gossip-discovery.listenAddresses must name an address; /ip4/0.0.0.0/tcp/0 lets the system choose a port.";
      }
    ];

    networking.firewall = lib.mkIf cfg.openFirewall {
      allowedTCPPorts = listenPorts;
      allowedUDPPorts = lib.optional cfg.mdns 5353;
    };

    # A node stops when its stdin closes. systemd holds this pipe open, and an administrator may write commands to it:
    # echo '{"type":"dump"}' > /run/gossip-discovery.stdin
    systemd.sockets.gossip-discovery = {
      bindsTo = [ "gossip-discovery.service" ];
      socketConfig = {
        ListenFIFO = "/run/gossip-discovery.stdin";
        SocketMode = "0600";
        RemoveOnStop = true;
        FlushPending = true;
      };
    };

    systemd.services.gossip-discovery = {
      description = "Peer discovery for libp2p by gossip";
      wantedBy = [ "multi-user.target" ];
      requires = [ "gossip-discovery.socket" ];
      wants = [ "network-online.target" ];
      after = [
        "gossip-discovery.socket"
        "network-online.target"
      ];
      serviceConfig = {
        ExecStart = "${utils.escapeSystemdExecArgs command} --key ${keyFile}";
        LoadCredential = lib.optional (cfg.keyFile != null) "key:${cfg.keyFile}";
        StandardInput = "socket";
        StandardOutput = "journal";
        StandardError = "journal";
        Restart = "on-failure";
        StateDirectory = "gossip-discovery";
        StateDirectoryMode = "0700";
      }
      // import ./nixos-hardening.nix;
    };
  };
}
