//! As much of JSON as links and traces need: strings, whole numbers, and objects and rows of them.

/// Writes `text` in quotes.
pub(crate) fn write(json: &mut String, text: &str) {
    json.push('"');
    for letter in text.chars() {
        match letter {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            '\0'..='\x1f' => {
                json.push_str("\\u00");
                json.extend([4, 0].map(|shift| hexadecimal(letter as u32 >> shift & 15)));
            }
            letter => json.push(letter),
        }
    }
    json.push('"');
}

fn hexadecimal(digit: u32) -> char {
    char::from_digit(digit, 16).unwrap_or('0')
}

/// Reads from the front; `None` wherever something else stands than was asked for.
pub(crate) struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    /// A reader of `json`.
    pub(crate) fn new(json: &'a str) -> Reader<'a> {
        Reader { rest: json }
    }

    /// Reads an object: `member` gets each name and reads what belongs to it.
    pub(crate) fn object(
        &mut self,
        mut member: impl FnMut(String, &mut Self) -> Option<()>,
    ) -> Option<()> {
        self.sign('{')?;
        if self.sign('}').is_some() {
            return Some(());
        }
        loop {
            let name = self.string()?;
            self.sign(':')?;
            member(name, self)?;
            if self.sign('}').is_some() {
                return Some(());
            }
            self.sign(',')?;
        }
    }

    /// Reads a string.
    pub(crate) fn string(&mut self) -> Option<String> {
        self.sign('"')?;
        let mut text = String::new();
        loop {
            let end =
                self.rest.find(|letter: char| matches!(letter, '"' | '\\' | '\0'..='\x1f'))?;
            let (plain, rest) = self.rest.split_at(end);
            text.push_str(plain);
            self.rest = &rest[1..];
            match rest.as_bytes()[0] {
                b'"' => return Some(text),
                b'\\' => text.push(self.escaped()?),
                _ => return None,
            }
        }
    }

    /// What stands behind a backslash.
    fn escaped(&mut self) -> Option<char> {
        let letter = self.rest.chars().next()?;
        self.rest = &self.rest[letter.len_utf8()..];
        Some(match letter {
            '"' | '\\' | '/' => letter,
            'b' => '\x08',
            'f' => '\x0c',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => self.unit()?,
            _ => return None,
        })
    }

    /// Four digits, or twice four where a letter takes two units of UTF-16.
    fn unit(&mut self) -> Option<char> {
        let first = self.digits()?;
        let high = first.wrapping_sub(0xd800);
        if high >= 0x400 {
            // The second of two alone is no letter.
            return char::from_u32(first);
        }
        self.rest = self.rest.strip_prefix("\\u")?;
        let low = self.digits()?.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
        char::from_u32(0x1_0000 + (high << 10) + low)
    }

    fn digits(&mut self) -> Option<u32> {
        let digits = self.rest.get(..4).filter(|digits| !digits.starts_with('+'))?;
        self.rest = &self.rest[4..];
        u32::from_str_radix(digits, 16).ok()
    }

    /// Reads a whole number.
    pub(crate) fn number(&mut self) -> Option<u64> {
        let rest = self.rest.trim_start_matches([' ', '\n', '\r', '\t']);
        let end = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
        let number = rest[..end].parse().ok()?;
        self.rest = &rest[end..];
        Some(number)
    }

    /// How many bytes are left.
    pub(crate) fn left(&self) -> usize {
        self.rest.len()
    }

    /// Reads a sign, such as a bracket.
    pub(crate) fn sign(&mut self, sign: char) -> Option<()> {
        self.rest = self.rest.trim_start_matches([' ', '\n', '\r', '\t']).strip_prefix(sign)?;
        Some(())
    }

    /// Nothing is left but blanks.
    pub(crate) fn end(&self) -> Option<()> {
        self.rest.trim_matches([' ', '\n', '\r', '\t']).is_empty().then_some(())
    }
}
