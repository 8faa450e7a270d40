//! Runs a system as a node of the contract: lines to stdout, commands from stdin (docs/CONTRACT.md).
mod book;
mod flags;

use std::io::{BufRead, Write, stdin, stdout};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

pub use book::Book;
pub use flags::{Address, Flags};

/// What a node says of itself as soon as it can be dialled.
#[derive(Serialize)]
pub struct Ready<'a> {
    pub node: &'a str,
    #[serde(rename = "peerId")]
    pub peer_id: &'a str,
    pub addrs: Vec<String>,
    /// What its books hold of a peer beside its id.
    pub fields: &'a [&'a str],
    pub can: &'a [&'a str],
}

#[derive(Serialize)]
struct ReadyLine<'a> {
    r#type: &'static str,
    v: u32,
    epoch: u128,
    #[serde(flatten)]
    ready: Ready<'a>,
}

pub fn say_ready(ready: Ready) {
    let epoch = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_millis());
    write_line(&ReadyLine { r#type: "ready", v: 2, epoch, ready });
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Command {
    Dump,
    Dial {
        addrs: Vec<String>,
    },
    Stop,
    #[serde(other)]
    Other,
}

/// Returns when told to stop, or when stdin closes. What these systems cannot do is passed over: `ready` has not claimed it.
pub fn obey(book: &Book, dial: impl Fn(Vec<Address>)) {
    for line in stdin().lock().lines().map_while(Result::ok) {
        match serde_json::from_str(&line) {
            Ok(Command::Dump) => book.dump(),
            Ok(Command::Dial { addrs }) => dial(addrs.iter().filter_map(|addr| addr.parse().ok()).collect()),
            Ok(Command::Stop) => return,
            Ok(Command::Other) => {}
            Err(error) => eprintln!("ignored a command: {error}"),
        }
    }
}

/// One line in one write: lines of several threads never mix.
fn write_line(line: &impl Serialize) {
    let mut text = serde_json::to_vec(line).expect("lines hold only what JSON can say");
    text.push(b'\n');
    let mut stdout = stdout().lock();
    // Where nobody reads any more, stdin closes, too.
    let _ = stdout.write_all(&text).and_then(|()| stdout.flush());
}
