//! Every server keeps a copy of its own and asks nobody: right with one server, wrong with two.

use super::{Mail, Message, Server};

/// The copy.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SingleCopy {
    value: u8,
}

impl Server for SingleCopy {
    type Internal = ();

    fn new(_id: u8) -> SingleCopy {
        SingleCopy { value: 0 }
    }

    fn receive(&mut self, _: u8, from: u8, message: Message<()>, mail: &mut Mail<()>) -> bool {
        match message {
            Message::Put { request, value } => {
                self.value = value;
                mail.send(from, Message::PutOk { request });
                true
            }
            Message::Get { request } => {
                mail.send(from, Message::GetOk { request, value: self.value });
                true
            }
            // Answers go to clients, and servers do not talk to each other.
            Message::PutOk { .. } | Message::GetOk { .. } | Message::Internal(()) => false,
        }
    }

    fn name((): &()) -> String {
        String::new()
    }
}
