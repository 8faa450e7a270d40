//! The flags that the harness gives to a node (docs/CONTRACT.md, Start).
use std::fmt;
use std::fs;
use std::io::{Error, ErrorKind, Result};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::str::FromStr;
use std::time::Duration;

pub struct Flags {
    pub name: String,
    /// Port 0: any.
    pub listen: SocketAddrV4,
    pub bootstrap: Vec<Address>,
    /// The system's own default if none, as for the next one.
    pub announce_interval: Option<Duration>,
    pub ttl: Option<Duration>,
    key_file: Option<String>,
}

impl Flags {
    /// From the command line; a flag that it does not know is passed over with its value.
    pub fn read() -> Self {
        let mut flags = Flags {
            name: "node".into(),
            listen: SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0),
            bootstrap: Vec::new(),
            announce_interval: None,
            ttl: None,
            key_file: None,
        };
        let mut words = std::env::args().skip(1).peekable();
        while let Some(flag) = words.next() {
            // --mdns is the one flag without a value.
            let Some(value) = words.next_if(|word| !word.starts_with("--")) else { continue };
            match flag.as_str() {
                "--name" => flags.name = value,
                "--listen" => flags.listen = endpoint_of(&value).unwrap_or(flags.listen),
                "--bootstrap" => flags.bootstrap.extend(value.parse::<Address>()),
                "--announce-interval-ms" => flags.announce_interval = duration_of(&value),
                "--ttl-ms" => flags.ttl = duration_of(&value),
                "--key" => flags.key_file = Some(value),
                _ => {}
            }
        }
        flags
    }

    /// The 32 bytes of a secret key: those of the key file, else random ones, which the key file then keeps.
    pub fn secret_key(&self, random: impl FnOnce() -> [u8; 32]) -> Result<[u8; 32]> {
        let Some(path) = &self.key_file else { return Ok(random()) };
        match fs::read(path) {
            Ok(known) => known.try_into().map_err(|_| Error::new(ErrorKind::InvalidData, "not a key of 32 bytes")),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let key = random();
                fs::write(path, key)?;
                Ok(key)
            }
            Err(error) => Err(error),
        }
    }
}

/// Such as `/ip4/127.1.1.3/udp/40123/quic-v1/p2p/<peer id>`: these systems dial peers by their keys.
pub struct Address {
    pub endpoint: SocketAddrV4,
    pub peer_id: String,
}

impl fmt::Display for Address {
    fn fmt(&self, text: &mut fmt::Formatter) -> fmt::Result {
        let (ip, port) = (self.endpoint.ip(), self.endpoint.port());
        write!(text, "/ip4/{ip}/udp/{port}/quic-v1/p2p/{}", self.peer_id)
    }
}

impl FromStr for Address {
    type Err = ();

    fn from_str(text: &str) -> std::result::Result<Self, ()> {
        let (endpoint, peer_id) = text.split_once("/p2p/").ok_or(())?;
        Ok(Address { endpoint: endpoint_of(endpoint).ok_or(())?, peer_id: peer_id.into() })
    }
}

/// Of an address that begins with `/ip4/<address>/<transport>/<port>`.
fn endpoint_of(addr: &str) -> Option<SocketAddrV4> {
    let parts: Vec<&str> = addr.split('/').collect();
    let (ip, port) = (parts.get(2)?, parts.get(4)?);
    Some(SocketAddrV4::new(ip.parse().ok()?, port.parse().ok()?))
}

fn duration_of(milliseconds: &str) -> Option<Duration> {
    milliseconds.parse().ok().map(Duration::from_millis)
}
