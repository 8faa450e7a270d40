# What the NixOS module refuses, and what it makes of the options that the virtual machines do not set.
{
  lib,
  runCommand,
  nixos,
  meta,
}:
let
  configOf =
    options:
    (nixos {
      imports = [ ./nixos-module.nix ];
      services.gossip-discovery = {
        enable = true;
        name = "alice";
      }
      // options;
    }).config;

  refusals =
    options:
    lib.filter (lib.hasPrefix "services.gossip-discovery.") (
      map ({ message, ... }: message) (
        lib.filter ({ assertion, ... }: !assertion) (configOf options).assertions
      )
    );
  isRefused = options: lib.length (refusals options) == 1;
  isTaken = options: refusals options == [ ];

  service =
    (configOf {
      topic = "storage";
      keyFile = "/run/secrets/key";
    }).systemd.services.gossip-discovery.serviceConfig;
in
assert isTaken { };
assert isTaken {
  announceIntervalMs = 2000;
  ttlMs = 6000;
};
assert isRefused {
  announceIntervalMs = 2000;
  ttlMs = 5999;
};
# Three of the default intervals are 30 s.
assert isTaken { ttlMs = 30000; };
assert isRefused { ttlMs = 29999; };
assert isRefused { name = lib.concatStrings (lib.genList (_: "é") 33); };
assert isRefused { topic = lib.concatStrings (lib.genList (_: "t") 995); };
assert isRefused { listenAddresses = [ ]; };
assert lib.hasSuffix " --key %d/key" service.ExecStart;
assert lib.hasInfix ''"--topic" "storage"'' service.ExecStart;
assert service.LoadCredential == [ "key:/run/secrets/key" ];
runCommand "gossip-discovery-module" { meta = meta "What the NixOS module refuses"; } "touch $out"
