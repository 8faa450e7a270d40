//! The book of an adapter: every change is told by a line, so that the lines, replayed, give the book.
use std::collections::BTreeMap;
use std::sync::Mutex;

use serde::Serialize;

use crate::write_line;

/// By peer id; the name of each, if the system's books have names.
#[derive(Default)]
pub struct Book {
    entries: Mutex<BTreeMap<String, Option<String>>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    #[serde(rename = "peerId")]
    peer_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
}

#[derive(Serialize)]
struct EntryLine<'a> {
    r#type: &'static str,
    #[serde(flatten)]
    entry: Entry<'a>,
}

#[derive(Serialize)]
struct BookLine<'a> {
    r#type: &'static str,
    entries: Vec<Entry<'a>>,
}

impl Book {
    pub fn put(&self, peer_id: String, name: Option<String>) {
        let mut entries = self.entries.lock().unwrap();
        let said = match entries.get(&peer_id) {
            None => "joined",
            Some(known) if *known != name => "updated",
            Some(_) => return,
        };
        write_line(&EntryLine { r#type: said, entry: entry_of(&peer_id, &name) });
        entries.insert(peer_id, name);
    }

    /// Takes out a peer of which nothing was heard.
    pub fn expire(&self, peer_id: &str) {
        if self.entries.lock().unwrap().remove(peer_id).is_some() {
            write_line(&EntryLine { r#type: "expired", entry: Entry { peer_id, name: None } });
        }
    }

    /// Makes it hold these peers and no others.
    pub fn replace(&self, peers: BTreeMap<String, Option<String>>) {
        let known: Vec<String> = self.entries.lock().unwrap().keys().cloned().collect();
        for peer_id in known.iter().filter(|known| !peers.contains_key(*known)) {
            self.expire(peer_id);
        }
        for (peer_id, name) in peers {
            self.put(peer_id, name);
        }
    }

    pub(crate) fn dump(&self) {
        let entries = self.entries.lock().unwrap();
        let all = entries.iter().map(|(peer_id, name)| entry_of(peer_id, name)).collect();
        write_line(&BookLine { r#type: "book", entries: all });
    }
}

fn entry_of<'a>(peer_id: &'a str, name: &'a Option<String>) -> Entry<'a> {
    Entry { peer_id, name: name.as_deref() }
}
