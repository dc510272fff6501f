//! What opens over the page: the gallery, the snippet for embedding, help.

mod embed_code;
mod files;
mod gallery;
mod help;
mod thumbs;

pub(crate) use embed_code::EmbedDialog;
pub(crate) use files::{FilesProps, files_dialog};
pub(crate) use gallery::Gallery;
pub(crate) use help::{HelpProps, help_dialog};
