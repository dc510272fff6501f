//! What opens over the page: the gallery, the snippet for embedding, help.

mod embed_code;
mod gallery;
mod help;
mod thumbs;

pub(crate) use embed_code::{EmbedCodeProps, embed_dialog};
pub(crate) use gallery::Gallery;
pub(crate) use help::{HelpProps, help_dialog};
