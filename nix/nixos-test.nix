# Three machines, two of which know only of alice: each ends with the other two in its address book.
{ lib, ... }:
let
  machine =
    { config, nodes, ... }:
    {
      imports = [ ./nixos-module.nix ];
      services.gossip-discovery = {
        enable = true;
        openFirewall = true;
        topic = "machines";
        listenAddresses = [ "/ip4/${config.networking.primaryIPAddress}/tcp/4001" ];
        bootstrapPeers = lib.optional (
          config.networking.hostName != "alice"
        ) "/ip4/${nodes.alice.networking.primaryIPAddress}/tcp/4001";
      };
    };
in
{
  name = "gossip-discovery";
  nodes = lib.genAttrs [
    "alice"
    "bob"
    "charlie"
  ] (_: machine);
  testScript = ''
    nodes = {"alice": alice, "bob": bob, "charlie": charlie}


    def book_tells(node, event, name=""):
        lines = "journalctl --unit gossip-discovery --output cat"
        node.wait_until_succeeds(f"{lines} | grep -F '\"{event}\"' | grep -F '{name}'", timeout=120)


    start_all()
    for name, node in nodes.items():
        node.wait_for_unit("gossip-discovery.service")
        for other in nodes.keys() - {name}:
            book_tells(node, "joined", f'"name":"{other}"')

    alice.systemctl("stop gossip-discovery.service")
    book_tells(bob, "left")
    book_tells(charlie, "left")
  '';
}
