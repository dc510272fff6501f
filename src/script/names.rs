//! Names of nodes and clients: `n1` in a cluster, `b1` and `s1` in a pool, `c1` for clients.

use crate::kernel::{ClientId, NodeId, Party};

/// How the participants of a run are called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Names {
    nodes: u32,
    balancers: Option<u32>,
}

/// Why a name means nobody.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NameError {
    /// It does not look like a name.
    Shape,
    /// It looks like one, but there is no such participant.
    Nobody,
}

impl Names {
    /// The names of a cluster of `nodes`.
    pub fn cluster(nodes: u32) -> Names {
        Names { nodes, balancers: None }
    }

    /// The names of a pool: the first nodes balance, the others serve.
    pub fn pool(balancers: u32, servers: u32) -> Names {
        Names { nodes: balancers.saturating_add(servers), balancers: Some(balancers) }
    }

    /// True for a pool.
    pub fn is_pool(self) -> bool {
        self.balancers.is_some()
    }

    /// How many nodes there are, balancers included.
    pub fn nodes(self) -> u32 {
        self.nodes
    }

    /// How many of them balance; zero in a cluster.
    pub fn balancers(self) -> u32 {
        self.balancers.unwrap_or(0)
    }

    /// How many of them serve; zero in a cluster.
    pub fn servers(self) -> u32 {
        if self.is_pool() { self.nodes - self.balancers() } else { 0 }
    }

    /// The name of a node: `n3`, `b1`, `s4`.
    pub fn node(self, id: NodeId) -> String {
        match self.balancers {
            None => id.to_string(),
            Some(balancers) if id.0 < balancers => format!("b{}", id.0 + 1),
            Some(balancers) => format!("s{}", id.0 - balancers + 1),
        }
    }

    /// The name of either end of a message.
    pub fn party(self, party: Party) -> String {
        match party {
            Party::Node(id) => self.node(id),
            Party::Client(id) => id.to_string(),
        }
    }

    /// The server at `place`, from 0.
    pub fn server(self, place: u32) -> NodeId {
        NodeId(self.balancers() + place)
    }

    /// The node called `name`.
    pub fn find(self, name: &str) -> Result<NodeId, NameError> {
        let (letter, number) = split(name).ok_or(NameError::Shape)?;
        let (first, count) = match (letter, self.balancers) {
            ('n', None) => (0, self.nodes),
            ('b', Some(balancers)) => (0, balancers),
            ('s', Some(balancers)) => (balancers, self.servers()),
            ('n' | 'b' | 's', _) => return Err(NameError::Nobody),
            _ => return Err(NameError::Shape),
        };
        let place = number.checked_sub(1).filter(|place| *place < count);
        place.map(|place| NodeId(first + place)).ok_or(NameError::Nobody)
    }

    /// The node or client called `name`.
    pub fn find_party(self, name: &str) -> Result<Party, NameError> {
        if name.starts_with('c') {
            return find_client(name).map(Party::Client).ok_or(NameError::Shape);
        }
        self.find(name).map(Party::Node)
    }
}

/// The client called `name` (`c1`); there are as many as the limit allows.
pub fn find_client(name: &str) -> Option<ClientId> {
    match split(name)? {
        ('c', number @ 1..=super::limit::CLIENTS) => Some(ClientId(number - 1)),
        _ => None,
    }
}

fn split(name: &str) -> Option<(char, u32)> {
    let letter = name.chars().next()?;
    let digits = &name[letter.len_utf8()..];
    let plain = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    // `n01` would print as `n1`: two names for one node help nobody.
    let number =
        if plain && !digits.starts_with('0') { digits.parse().ok()? } else { return None };
    Some((letter, number))
}
