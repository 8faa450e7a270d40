//! iroh-gossip as a node of the contract: its book is the node's active view.
use std::error::Error;
use std::net::SocketAddr;
use std::process::exit;
use std::sync::Arc;
use std::time::Duration;

use contract::{Address, Book, Flags, Ready, obey, say_ready};
use iroh::address_lookup::memory::MemoryLookup;
use iroh::endpoint::presets;
use iroh::protocol::Router;
use iroh::{Endpoint, EndpointAddr, EndpointId, RelayMode, SecretKey};
use iroh_gossip::api::{Event, GossipReceiver, GossipSender};
use iroh_gossip::net::{GOSSIP_ALPN, Gossip};
use iroh_gossip::proto::TopicId;
use n0_future::StreamExt;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// The harness sends SIGTERM 800 ms after `stop`.
const CLOSE_WITHIN: Duration = Duration::from_millis(500);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let flags = Flags::read();
    let key = flags.secret_key(|| SecretKey::generate().to_bytes())?;
    let lookup = MemoryLookup::new();
    let endpoint = Endpoint::builder(presets::Minimal)
        .secret_key(SecretKey::from_bytes(&key))
        .relay_mode(RelayMode::Disabled)
        .address_lookup(lookup.clone())
        .clear_ip_transports()
        .bind_addr(flags.listen)?
        .bind()
        .await?;
    let gossip = Gossip::builder().spawn(endpoint.clone());
    let router = Router::builder(endpoint.clone()).accept(GOSSIP_ALPN, gossip.clone()).spawn();
    let bootstrap = know(&lookup, &flags.bootstrap);
    let (sender, receiver) = gossip.subscribe(TopicId::from_bytes([1; 32]), bootstrap).await?.split();
    let book = Arc::new(Book::default());
    tokio::spawn(follow(receiver, book.clone()));
    ready(&flags, &endpoint)?;
    serve(lookup, sender, book).await?;
    let _ = timeout(CLOSE_WITHIN, router.shutdown()).await;
    exit(0);
}

/// Tells who comes into the active view, and who goes: whether one left or fell silent it does not say.
async fn follow(mut events: GossipReceiver, book: Arc<Book>) {
    while let Some(event) = events.next().await {
        match event {
            Ok(Event::NeighborUp(id)) => book.put(id.to_string(), None),
            Ok(Event::NeighborDown(id)) => book.expire(&id.to_string()),
            Ok(_) => {}
            Err(error) => eprintln!("{error}"),
        }
    }
}

fn ready(flags: &Flags, endpoint: &Endpoint) -> Result<(), Box<dyn Error>> {
    let bound = endpoint.bound_sockets().into_iter().find_map(|socket| match socket {
        SocketAddr::V4(addr) => Some(addr),
        SocketAddr::V6(_) => None,
    });
    let peer_id = endpoint.id().to_string();
    let addr = Address { endpoint: bound.ok_or("not bound to IPv4")?, peer_id: peer_id.clone() };
    say_ready(Ready {
        node: &flags.name,
        peer_id: &peer_id,
        addrs: vec![addr.to_string()],
        fields: &[],
        can: &["key"],
    });
    Ok(())
}

/// Returns when told to stop.
async fn serve(lookup: MemoryLookup, sender: GossipSender, book: Arc<Book>) -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Handle::current();
    spawn_blocking(move || {
        obey(&book, |addrs| {
            let joining = sender.clone();
            let peers = know(&lookup, &addrs);
            runtime.spawn(async move { joining.join_peers(peers).await.map_err(|error| eprintln!("{error}")) });
        });
    })
    .await?;
    Ok(())
}

/// Keeps where these nodes are; the ids of those that it can use.
fn know(lookup: &MemoryLookup, addrs: &[Address]) -> Vec<EndpointId> {
    let reachable = addrs.iter().filter_map(|Address { endpoint, peer_id }| {
        let id: EndpointId = peer_id.parse().ok()?;
        lookup.add_endpoint_info(EndpointAddr::new(id).with_ip_addr(SocketAddr::V4(*endpoint)));
        Some(id)
    });
    reachable.collect()
}
