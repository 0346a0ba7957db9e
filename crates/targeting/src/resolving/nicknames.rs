//! Short forms by which people of the same given name go. Each line is one group; a name that
//! stands in several groups counts for the first. Which forms belong together is common knowledge
//! of English records; a site's own language can be learned from its data by the other levels.

/// Groups of given names, each word once.
const GROUPS: &[&str] = &[
    "william bill billy will willie wm willy liam",
    "robert bob bobby rob robbie robt bert robin",
    "richard dick rick ricky rich richie dickie",
    "john jack johnny jno jon jackie johnnie ian",
    "james jim jimmy jas jamie jimmie jem",
    "thomas tom tommy thos thom tam",
    "charles charlie chas chuck charley",
    "edward ed eddie ned ted teddy edwd eddy",
    "george geo georgie geordie",
    "henry harry hal hank hen",
    "joseph joe joey jos",
    "samuel sam sammy saml",
    "benjamin ben benny benj benjy",
    "daniel dan danny danl",
    "david dave davy davie dai",
    "michael mike mick micky mickey mikey",
    "andrew andy drew",
    "anthony tony antony ant",
    "alexander alex alec sandy alick alastair alasdair",
    "frederick fred freddie freddy fredk fritz frederic",
    "francis frank frankie fran",
    "albert al bertie",
    "alfred alf alfie fred",
    "arthur art artie",
    "christopher chris kit christy",
    "nicholas nick nicky nico",
    "peter pete",
    "philip phil pip phillip",
    "patrick pat paddy",
    "stephen steve stevie steven",
    "matthew matt mat",
    "nathaniel nathan nat nate",
    "gerald gerry jerry gerard",
    "lawrence larry laurie laurence",
    "leonard len lenny leo",
    "walter walt wally wat",
    "ronald ron ronnie",
    "kenneth ken kenny",
    "donald don donny",
    "raymond ray",
    "timothy tim timmy",
    "gregory greg",
    "jeffrey jeff geoffrey geoff",
    "jonathan jonny jonty",
    "joshua josh",
    "jacob jake",
    "zachary zach zack",
    "edmund eddy edmond",
    "ernest ernie ern",
    "harold hal harry",
    "herbert herb herbie",
    "hugh hughie huw",
    "isaac ike zac",
    "abraham abe abram",
    "augustus gus augustine",
    "archibald archie archy",
    "bernard bernie barney",
    "cornelius con neil",
    "ebenezer eben",
    "eugene gene",
    "maurice morris mo",
    "oliver ollie noll",
    "reginald reg reggie",
    "rudolph rudy rolf",
    "sidney sid sydney syd",
    "stanley stan",
    "terence terry terrence",
    "theodore theo ted",
    "victor vic",
    "vincent vince vinny",
    "elizabeth liz lizzie beth betty eliza bess bessie libby lisa elsie eliz lisbeth elisabeth",
    "mary molly polly mamie maria marie",
    "margaret maggie meg peggy madge daisy greta margery marge",
    "catherine kate katie kitty cathy kathleen katherine kathryn kath kathy catharine",
    "ann anne annie nancy anna hannah nan",
    "sarah sally sal sadie sara",
    "jane jenny janet jean janie jennie",
    "susan sue susie susanna susannah suzie",
    "martha mattie patty",
    "eleanor nell nellie ellen helen nora ella elinor lenora",
    "dorothy dot dolly dora dottie",
    "frances fanny fran frankie",
    "florence flo flora florrie",
    "charlotte lottie charlie",
    "caroline carrie lina carolyn",
    "emily em emma emmie",
    "amelia millie milly amy",
    "isabella bella isabel isabelle belle",
    "harriet hattie harriett",
    "henrietta etta hetty",
    "jessica jess jessie",
    "jennifer jen jenn jenni",
    "judith judy",
    "josephine jo josie",
    "julia julie juliet",
    "louisa lou louise",
    "lucy lucinda lucille",
    "matilda tilly tillie maud",
    "mildred millie",
    "patricia pat patty trish tricia",
    "penelope penny",
    "philippa pippa pip",
    "rachel rae",
    "rebecca becky becca",
    "rose rosie rosa rosemary",
    "samantha sam sammie",
    "sophia sophie",
    "theresa terry tess tessa teresa",
    "victoria vicky vicki tori",
    "virginia ginny",
    "winifred winnie freda",
    "deborah debbie deb debra",
    "barbara barb babs",
    "christina chris tina chrissie christine",
    "jacqueline jackie",
    "kimberly kim",
    "pamela pam",
    "sandra sandy",
    "abigail abby",
    "agnes aggie",
    "alexandra sandra alexa",
    "angela angie",
    "beatrice bea trixie",
    "bridget biddy bridie",
    "cynthia cindy",
    "edith edie",
    "gertrude gertie trudy",
    "gwendolen gwen",
    "lillian lily lil lilian",
    "mabel mab may",
];

/// The group of a folded given name, counted from 1; 0 when it stands in none.
pub fn group(name: &str) -> u32 {
    use std::collections::HashMap;
    use std::sync::OnceLock;
    static KNOWN: OnceLock<HashMap<&'static str, u32>> = OnceLock::new();
    let known = KNOWN.get_or_init(|| {
        let mut known = HashMap::new();
        for (n, line) in GROUPS.iter().enumerate() {
            for name in line.split(' ') {
                known.entry(name).or_insert(n as u32 + 1);
            }
        }
        known
    });
    known.get(name).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms_share_a_group() {
        assert_eq!(group("bill"), group("william"));
        assert_eq!(group("peggy"), group("margaret"));
        assert_ne!(group("bill"), group("bob"));
        assert_eq!(group("bartholomew"), 0);
    }
}
