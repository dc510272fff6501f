//! Colour tokens. The style sheet holds the same values as custom properties.

macro_rules! inks {
    ($($name:ident $variable:literal $light:literal $dark:literal $use:literal)*) => {
        /// A colour of the drawing, by meaning.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u8)]
        pub enum Ink {
            $(#[doc = $use] $name,)*
        }

        impl Ink {
            /// Every ink, in the order of its index.
            pub const ALL: &'static [Ink] = &[$(Ink::$name,)*];

            /// Its custom property in the style sheet.
            pub const fn variable(self) -> &'static str {
                match self { $(Ink::$name => $variable,)* }
            }

            /// Its value in `theme`, as `#RRGGBB`.
            pub const fn colour(self, theme: Theme) -> &'static str {
                match theme {
                    Theme::Light => match self { $(Ink::$name => $light,)* },
                    Theme::Dark => match self { $(Ink::$name => $dark,)* },
                }
            }
        }
    };
}

inks! {
    Paper "--paper" "#F4F3EF" "#0D1116" "The page."
    Surface "--surface" "#FFFFFF" "#141A21" "Panels, and the inside of hollow shapes."
    Canvas "--canvas" "#FBFAF7" "#10151B" "The ground of the scene."
    Sunken "--sunken" "#EFEDE8" "#0B0F13" "The far side of a split."
    Raised "--raised" "#FFFFFF" "#1B222B" "Menus."
    Line "--line" "#E6E3DC" "#232B35" "Rules, and the empty part of a ring."
    Line2 "--line-2" "#D3CFC6" "#384350" "Borders and links."
    Dot "--dot" "#E3E0D8" "#1D252E" "The grid of the scene."
    Ink "--ink" "#1A1E24" "#EAEEF2" "Words."
    Ink2 "--ink-2" "#48505A" "#B4BEC9" "Secondary words."
    Ink3 "--ink-3" "#5C636D" "#97A2AF" "Hints."
    OnInk "--on-ink" "#FFFFFF" "#11161B" "Words on ink."
    Blue "--blue" "#2A5FD1" "#6B9DFF" "Leader, replication."
    BlueText "--blue-text" "#2453B8" "#8DB3FF" "Words about it."
    BlueTint "--blue-tint" "#E5EDFC" "#1B2B4B" "Fills about it."
    OnBlue "--on-blue" "#FFFFFF" "#08152E" "Words on blue."
    Amber "--amber" "#C97A00" "#F2B13A" "Candidate, election."
    AmberText "--amber-text" "#875400" "#F2B95A" "Words about it."
    AmberTint "--amber-tint" "#FDF0D5" "#3A2B0E" "Fills about it."
    OnAmber "--on-amber" "#2A1A00" "#241700" "Words on amber."
    Green "--green" "#0E8463" "#3DC497" "Commit, a check that holds."
    GreenText "--green-text" "#0A6E52" "#5BD1A9" "Words about it."
    GreenTint "--green-tint" "#DDF1E9" "#11332A" "Fills about it."
    Plum "--plum" "#7F2A8C" "#DDA6F0" "Clients, requests, queues."
    PlumText "--plum-text" "#76267F" "#E4B8F4" "Words about them."
    PlumTint "--plum-tint" "#F4E8F7" "#33203B" "Fills about them."
    Red "--red" "#BE2A0C" "#FF7556" "Violation, never an injected fault."
    RedText "--red-text" "#AB2609" "#FF8E73" "Words about it."
    RedTint "--red-tint" "#FCE8E2" "#41190F" "Fills about it."
    OnRed "--on-red" "#FFFFFF" "#2B0A02" "Words on red."
    Slate "--slate" "#6B7683" "#93A0AE" "Follower, fault spans."
    SlateTint "--slate-tint" "#ECEEF0" "#212933" "Fills about them."
    T1 "--era-1" "#EFE7D6" "#39321F" "Log entries of the first era of four."
    T2 "--era-2" "#DCE6F5" "#21314A" "Log entries of the second."
    T3 "--era-3" "#E3EED9" "#26382A" "Log entries of the third."
    T4 "--era-4" "#EFE0EC" "#3A2738" "Log entries of the fourth."
}

impl Ink {
    /// The tint of log entries of `era`; the cycle repeats, the number does not.
    pub const fn of_era(era: u64) -> Ink {
        match era.saturating_sub(1) % 4 {
            0 => Ink::T1,
            1 => Ink::T2,
            2 => Ink::T3,
            _ => Ink::T4,
        }
    }
}

/// Which values the tokens have.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Theme {
    /// Ink on paper.
    #[default]
    Light,
    /// Paper on ink.
    Dark,
}
