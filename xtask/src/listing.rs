//! The listings: the source of each protocol and strategy, beside the page.
//!
//! Each is what the `listing!` of its description names, so that a visitor reads the very files
//! that run, and nobody downloads them before asking.

use crate::shell::{Outcome, Problem};
use std::fs;
use std::path::Path;

/// Where descriptions are.
const ROOMS: [&str; 2] = ["src/protocol", "src/balance"];

/// Writes `listing/ID.rs` into the page being built, for every description.
pub(crate) fn write(page: &Path) -> Outcome<()> {
    let folder = page.join("listing");
    fs::create_dir_all(&folder)?;
    for room in ROOMS {
        write_room(Path::new(room), &folder)?;
    }
    Ok(())
}

fn write_room(room: &Path, folder: &Path) -> Outcome<()> {
    for entry in fs::read_dir(room)? {
        let path = entry?.path();
        if path.is_dir() {
            write_room(&path, folder)?;
            continue;
        }
        let text = fs::read_to_string(&path)?;
        let Some((id, files)) = described(&text) else { continue };
        let mut listing = String::new();
        for file in files {
            let file = path.with_file_name(file);
            let source = fs::read_to_string(&file);
            listing += &source.map_err(|error| {
                Problem::new(format!("{} lists {}: {error}", path.display(), file.display()))
            })?;
        }
        fs::write(folder.join(format!("{id}.rs")), listing)?;
    }
    Ok(())
}

/// The id that a description gives, and the files of its listing.
fn described(text: &str) -> Option<(&str, Vec<&str>)> {
    let (_, after) = text.split_once("id: \"")?;
    let (id, _) = after.split_once('"')?;
    let (_, after) = text.split_once("listing!(")?;
    let (list, _) = after.split_once(')')?;
    let files = list.split('"').skip(1).step_by(2).collect();
    Some((id, files))
}

#[cfg(test)]
mod tests {
    use super::described;

    #[test]
    fn a_description_names_its_files() {
        let text = "About {\n id: \"two-phase\",\n source: listing!(\"a.rs\", \"../b.rs\",),\n}";
        assert_eq!(described(text), Some(("two-phase", vec!["a.rs", "../b.rs"])));
        assert_eq!(described("no description"), None);
    }
}
