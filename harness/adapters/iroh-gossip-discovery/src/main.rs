//! The crate iroh-gossip-discovery as a node of the contract.
use std::collections::BTreeMap;
use std::error::Error;
use std::net::{Ipv6Addr, SocketAddr, SocketAddrV6};
use std::process::exit;
use std::sync::Arc;
use std::time::Duration;

use contract::{Address, Book, Flags, Ready, obey, say_ready};
use iroh::protocol::Router;
use iroh::{Endpoint, NodeAddr, NodeId, RelayMode, SecretKey};
use iroh_gossip::net::{Gossip, GossipSender};
use iroh_gossip::proto::TopicId;
use iroh_gossip_discovery::{GossipDiscoveryBuilder, GossipDiscoveryReceiver, Node};
use tokio::task::spawn_blocking;
use tokio::time::{sleep, timeout};

/// As in the crate's own demo.
const UPDATE_RATE: Duration = Duration::from_secs(3);

/// The crate has no events: its book is looked at so often, and told of so late at most.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// The harness sends SIGTERM 800 ms after `stop`.
const CLOSE_WITHIN: Duration = Duration::from_millis(500);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let flags = Flags::read();
    let key = flags.secret_key(|| SecretKey::generate(rand::rngs::OsRng).to_bytes())?;
    let endpoint = Endpoint::builder()
        .secret_key(SecretKey::from_bytes(&key))
        .relay_mode(RelayMode::Disabled)
        .bind_addr_v4(flags.listen)
        .bind_addr_v6(SocketAddrV6::new(Ipv6Addr::LOCALHOST, 0, 0, 0))
        .bind()
        .await?;
    let gossip = Gossip::builder().spawn(endpoint.clone()).await?;
    let _router = Router::builder(endpoint.clone()).accept(iroh_gossip::ALPN, gossip.clone()).spawn();
    let bootstrap = know(&endpoint, &flags.bootstrap);
    let builder = match flags.ttl {
        Some(ttl) => GossipDiscoveryBuilder::new().with_expiration_timeout(ttl),
        None => GossipDiscoveryBuilder::new(),
    };
    let topic = TopicId::from_bytes([1; 32]);
    let (mut sender, receiver) = builder.build_with_peers(gossip, topic, bootstrap, &endpoint).await?;
    let joiner = sender.sender.clone();
    let book = Arc::new(Book::default());
    follow(receiver, endpoint.node_id(), book.clone());
    let node = Node { name: flags.name.clone(), node_id: endpoint.node_id(), count: 0 };
    let update_rate = flags.announce_interval.unwrap_or(UPDATE_RATE);
    tokio::spawn(async move { sender.gossip(node, update_rate).await.map_err(|error| eprintln!("{error}")) });
    ready(&flags, &endpoint)?;
    serve(endpoint.clone(), joiner, book).await?;
    let _ = timeout(CLOSE_WITHIN, endpoint.close()).await;
    exit(0);
}

/// Keeps what the crate hears, and tells of it.
fn follow(mut receiver: GossipDiscoveryReceiver, own_id: NodeId, book: Arc<Book>) {
    let neighbors = receiver.neighbor_map.clone();
    tokio::spawn(async move { receiver.update_map().await.map_err(|error| eprintln!("{error}")) });
    tokio::spawn(async move {
        loop {
            let listed = neighbors.iter().filter(|entry| entry.value().node_id != own_id);
            let peers = listed.map(|entry| (entry.value().node_id.to_string(), Some(entry.key().clone())));
            book.replace(peers.collect::<BTreeMap<_, _>>());
            sleep(LOOK_EVERY).await;
        }
    });
}

fn ready(flags: &Flags, endpoint: &Endpoint) -> Result<(), Box<dyn Error>> {
    let (SocketAddr::V4(bound), _) = endpoint.bound_sockets() else { return Err("not bound to IPv4".into()) };
    let peer_id = endpoint.node_id().to_string();
    let addr = Address { endpoint: bound, peer_id: peer_id.clone() };
    say_ready(Ready {
        node: &flags.name,
        peer_id: &peer_id,
        addrs: vec![addr.to_string()],
        fields: &["name"],
        can: &["key"],
    });
    Ok(())
}

/// Returns when told to stop.
async fn serve(endpoint: Endpoint, joiner: GossipSender, book: Arc<Book>) -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Handle::current();
    spawn_blocking(move || {
        obey(&book, |addrs| {
            let joining = joiner.clone();
            let peers = know(&endpoint, &addrs);
            runtime.spawn(async move { joining.join_peers(peers).await.map_err(|error| eprintln!("{error}")) });
        });
    })
    .await?;
    Ok(())
}

/// Tells the endpoint where these nodes are; the ids of those that it can use.
fn know(endpoint: &Endpoint, addrs: &[Address]) -> Vec<NodeId> {
    let reachable = addrs.iter().filter_map(|Address { endpoint: at, peer_id }| {
        let id: NodeId = peer_id.parse().ok()?;
        let addr = NodeAddr::new(id).with_direct_addresses([SocketAddr::V4(*at)]);
        endpoint.add_node_addr(addr).map(|()| id).ok()
    });
    reachable.collect()
}
