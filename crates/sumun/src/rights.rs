//! Who may do what: roles at offices, judged by the Cedar policies in `rights/`, which are built
//! in and validated when they are loaded. Every verdict names the policy that gave it. Policies do
//! not change while the program runs, so a verdict is kept and given again; `web/caller.rs` asks.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, PoisonError, RwLock};

use anyhow::{Context as _, Result, anyhow, ensure};
use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityUid, PolicyId, PolicySet, Request,
    RestrictedExpression, Schema, ValidationMode, Validator,
};

/// The policies, by file.
const FILES: [(&str, &str); 2] = [
    ("roles.cedar", include_str!("../rights/roles.cedar")),
    ("limits.cedar", include_str!("../rights/limits.cedar")),
];

const SCHEMA: &str = include_str!("../rights/schema.cedarschema");

/// Every office, as grants and tokens write it.
pub const EVERYWHERE: &str = "*";

/// What is named where no policy permits.
pub const NOTHING_PERMITS: &str = "nothing-permits";

/// Verdicts that are kept at most. Offices are named by requests, so their number is not ours.
const KEPT: usize = 50_000;

/// Says which words there are, and first the one that may be meant.
fn none_of(word: &str, words: &[&str]) -> String {
    let plain = word.trim().to_lowercase().replace(['-', ' '], "_");
    let longer = words.iter().find(|one| !plain.is_empty() && one.starts_with(&plain)).copied();
    let meant = longer.or_else(|| targeting::rule::nearest(&plain, words.iter().copied()));
    let meant = meant.map(|one| format!(" (perhaps `{one}`)")).unwrap_or_default();
    format!("`{word}` is none of {}{meant}", words.join(", "))
}

/// Defines a closed set of words.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident {
        $($(#[$of:meta])* $variant:ident = $word:literal),+ $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$of])* $variant),+
        }

        impl $name {
            /// All of them.
            pub const ALL: &[$name] = &[$($name::$variant),+];

            /// The word that is kept and sent.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = anyhow::Error;

            fn from_str(word: &str) -> Result<$name> {
                let found = $name::ALL.iter().find(|one| one.as_str() == word);
                found.copied().with_context(|| {
                    none_of(word, &$name::ALL.iter().map(|one| one.as_str()).collect::<Vec<_>>())
                })
            }
        }
    };
}

words! {
    /// The part that a person plays.
    Role {
        /// Plans and decides.
        TargetingOfficer = "targeting_officer",
        /// Examines at the dock.
        Inspector = "inspector",
        /// Follows cases.
        Investigator = "investigator",
        /// Measures and judges models.
        Analyst = "analyst",
        /// Proves what was done.
        Auditor = "auditor",
        /// Sees to accounts and settings.
        Administrator = "administrator",
    }
}

words! {
    /// What can be permitted.
    Action {
        /// Reads what was declared, judged, decided and found.
        ReadConsignment = "read_consignment",
        /// Reads names, addresses and phones of parties.
        ReadParty = "read_party",
        /// Reads a plan and its lines.
        ReadPlan = "read_plan",
        /// Draws a shift's plan.
        DrawPlan = "draw_plan",
        /// Holds, asks, inspects, waives and releases.
        Decide = "decide",
        /// Records what inspections came to.
        RecordOutcome = "record_outcome",
        /// Reads estimates and yields.
        ReadMeasures = "read_measures",
        /// Reads models.
        ReadModel = "read_model",
        /// Steers models.
        ApproveModel = "approve_model",
        /// Reads sources and defects.
        ReadData = "read_data",
        /// Mends or rejects records.
        MendData = "mend_data",
        /// Reads messages as received.
        ReadMessage = "read_message",
        /// Sends consignments and messages.
        SendConsignments = "send_consignments",
        /// Asks to take a plan or queue out.
        AskExport = "ask_export",
        /// Agrees that it is taken out.
        ApproveExport = "approve_export",
        /// Searches and proves the journal.
        ReadJournal = "read_journal",
        /// Sees to accounts, offices and settings.
        Administer = "administer",
        /// Proposes capacity.
        SetCapacity = "set_capacity",
        /// Agrees to capacity.
        ApproveCapacity = "approve_capacity",
        /// Reads watchlists.
        ReadWatchlist = "read_watchlist",
        /// Edits watchlists.
        EditWatchlist = "edit_watchlist",
        /// Reads rules.
        ReadRule = "read_rule",
        /// Edits rules.
        EditRule = "edit_rule",
        /// Agrees to rules.
        ApproveRule = "approve_rule",
    }
}

/// A role at an office, or at [`EVERYWHERE`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// The office's code, or `*`.
    pub office: String,
}

impl FromStr for Grant {
    type Err = anyhow::Error;

    /// Reads `ROLE@OFFICE`, or `ROLE` for every office.
    fn from_str(text: &str) -> Result<Grant> {
        let (role, office) = text.split_once('@').unwrap_or((text, EVERYWHERE));
        Ok(Grant { role: role.parse()?, office: office.to_owned() })
    }
}

/// What someone was given. Cheap to compare and to clone, since it is half of a kept verdict's key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Holder {
    /// A person's roles, in order.
    Person(Arc<[Grant]>),
    /// A machine's actions, in order, and its office.
    Machine(Arc<[Action]>, Arc<str>),
}

impl Holder {
    /// A person with these roles.
    pub fn person(mut grants: Vec<Grant>) -> Holder {
        grants.sort();
        grants.dedup();
        Holder::Person(grants.into())
    }

    /// A machine with these actions at this office.
    pub fn machine(mut actions: Vec<Action>, office: &str) -> Holder {
        actions.sort();
        actions.dedup();
        Holder::Machine(actions.into(), office.into())
    }

    /// The offices that are named anywhere in it.
    fn offices(&self) -> BTreeSet<&str> {
        match self {
            Holder::Person(grants) => grants.iter().map(|grant| grant.office.as_str()).collect(),
            Holder::Machine(_, office) => BTreeSet::from([&**office]),
        }
    }
}

/// What else a verdict may hang on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Circumstances {
    /// The plan in question may be seen by those who inspect.
    pub released: bool,
    /// The consignment in question was drawn by such a plan.
    pub drawn: bool,
}

impl Circumstances {
    /// A released plan as a whole.
    pub const RELEASED: Circumstances = Circumstances { released: true, drawn: false };
    /// A drawn line of a released plan.
    pub const DRAWN: Circumstances = Circumstances { released: true, drawn: true };
}

/// What the policies say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it is permitted.
    pub permitted: bool,
    /// The id of the policy that decided, or [`NOTHING_PERMITS`].
    pub policy: Arc<str>,
}

/// At which offices someone may do something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Offices {
    /// At every one, also those yet to come.
    All,
    /// At these alone; none at all when it is empty.
    Only(Vec<String>),
}

impl Offices {
    /// Whether an office is among them.
    pub fn contains(&self, office: &str) -> bool {
        match self {
            Offices::All => true,
            Offices::Only(codes) => codes.iter().any(|code| code == office),
        }
    }

    /// Whether it is every one.
    pub fn all(&self) -> bool {
        matches!(self, Offices::All)
    }

    /// Their codes, where they are not all; for `($1 = 1 or office {in $2})`.
    pub fn codes(&self) -> &[String] {
        match self {
            Offices::All => &[],
            Offices::Only(codes) => codes,
        }
    }

    /// Whether there is none.
    pub fn is_none(&self) -> bool {
        matches!(self, Offices::Only(codes) if codes.is_empty())
    }

    /// Those that are also among these; none asked for leaves them as they are.
    pub fn narrowed(self, office: Option<&str>) -> Offices {
        match office {
            None => self,
            Some(office) if self.contains(office) => Offices::Only(vec![office.to_owned()]),
            Some(_) => Offices::Only(Vec::new()),
        }
    }
}

/// A policy, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Its id.
    pub id: String,
    /// What it says, in Korean.
    pub ko: String,
    /// What it says, in English.
    pub en: String,
    /// Its text.
    pub text: String,
}

type Asked = (Holder, Action, String, Circumstances);

/// The policies, ready to judge.
pub struct Rights {
    policies: PolicySet,
    schema: Schema,
    authorizer: Authorizer,
    kept: RwLock<HashMap<Asked, Verdict>>,
}

impl Rights {
    /// Loads the policies that are built in and validates them against their schema.
    ///
    /// # Errors
    /// When a policy cannot be read, has no id, or speaks of what the schema does not know.
    pub fn load() -> Result<Rights> {
        let (schema, warnings) =
            Schema::from_cedarschema_str(SCHEMA).context("while reading rights/schema")?;
        ensure!(warnings.count() == 0, "rights/schema.cedarschema has warnings");
        let mut policies = PolicySet::new();
        for (name, text) in FILES {
            let read: PolicySet =
                text.parse().with_context(|| format!("while reading rights/{name}"))?;
            for policy in read.policies() {
                let id = policy.annotation("id");
                let id = id.with_context(|| format!("a policy of rights/{name} has no id"))?;
                ensure!(
                    policy.annotation("said_ko").is_some()
                        && policy.annotation("said_en").is_some(),
                    "policy {id} does not say in both languages what it does"
                );
                policies
                    .add(policy.new_id(PolicyId::new(id)))
                    .with_context(|| format!("policy {id} is there twice"))?;
            }
        }
        let valid = Validator::new(schema.clone()).validate(&policies, ValidationMode::Strict);
        let faults: Vec<String> =
            valid.validation_errors().map(|fault| fault.to_string()).collect();
        ensure!(faults.is_empty(), "the policies do not fit their schema: {}", faults.join("; "));
        Ok(Rights {
            policies,
            schema,
            authorizer: Authorizer::new(),
            kept: RwLock::new(HashMap::new()),
        })
    }

    /// Whether someone may do something at an office.
    ///
    /// # Errors
    /// When the policies cannot be asked, which is no verdict.
    pub fn judge(
        &self,
        holder: &Holder,
        action: Action,
        office: &str,
        circumstances: Circumstances,
    ) -> Result<Verdict> {
        let asked = (holder.clone(), action, office.to_owned(), circumstances);
        if let Some(verdict) = self.kept.read().unwrap_or_else(PoisonError::into_inner).get(&asked)
        {
            return Ok(verdict.clone());
        }
        let verdict = self.ask(holder, action, office, circumstances)?;
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(asked, verdict.clone());
        Ok(verdict)
    }

    fn ask(
        &self,
        holder: &Holder,
        action: Action,
        office: &str,
        circumstances: Circumstances,
    ) -> Result<Verdict> {
        let set = |offices: Vec<&str>| {
            let uids = offices.into_iter().map(|code| uid("Office", code));
            let all = uids.map(|uid| uid.map(RestrictedExpression::new_entity_uid));
            anyhow::Ok(RestrictedExpression::new_set(all.collect::<Result<Vec<_>>>()?))
        };
        let (kind, mut attributes) = ("Account", HashMap::new());
        let kind = match holder {
            Holder::Person(grants) => {
                for role in Role::ALL {
                    let held = grants.iter().filter(|grant| grant.role == *role);
                    let offices = held.map(|grant| grant.office.as_str()).collect();
                    attributes.insert(role.as_str().to_owned(), set(offices)?);
                }
                kind
            }
            Holder::Machine(actions, office) => {
                let names = actions.iter().map(|action| action.as_str().to_owned());
                let names = names.map(RestrictedExpression::new_string).collect::<Vec<_>>();
                attributes.insert("actions".to_owned(), RestrictedExpression::new_set(names));
                attributes.insert("offices".to_owned(), set(vec![office])?);
                "Machine"
            }
        };
        let principal = uid(kind, "caller")?;
        let everywhere = uid("Office", EVERYWHERE)?;
        let mut entities =
            vec![Entity::new(principal.clone(), attributes, HashSet::new()).map_err(other)?];
        let mut offices = holder.offices();
        offices.insert(office);
        offices.insert(EVERYWHERE);
        for code in offices {
            let above = match code {
                EVERYWHERE => HashSet::new(),
                _ => HashSet::from([everywhere.clone()]),
            };
            entities.push(Entity::new_no_attrs(uid("Office", code)?, above));
        }
        let entities = Entities::from_entities(entities, Some(&self.schema)).map_err(other)?;
        let context = Context::from_pairs([
            ("action".to_owned(), RestrictedExpression::new_string(action.as_str().to_owned())),
            ("released".to_owned(), RestrictedExpression::new_bool(circumstances.released)),
            ("drawn".to_owned(), RestrictedExpression::new_bool(circumstances.drawn)),
        ])
        .map_err(other)?;
        let request = Request::new(
            principal,
            uid("Action", action.as_str())?,
            uid("Office", office)?,
            context,
            Some(&self.schema),
        )
        .map_err(other)?;
        let answer = self.authorizer.is_authorized(&request, &self.policies, &entities);
        if let Some(fault) = answer.diagnostics().errors().next() {
            return Err(anyhow!("a policy could not be asked: {fault}"));
        }
        // The first by name, so that the same question always names the same policy.
        let mut reasons: Vec<&str> =
            answer.diagnostics().reason().map(AsRef::<str>::as_ref).collect();
        reasons.sort_unstable();
        Ok(Verdict {
            permitted: answer.decision() == Decision::Allow,
            policy: reasons.first().copied().unwrap_or(NOTHING_PERMITS).into(),
        })
    }

    /// At which offices someone may do something.
    ///
    /// # Errors
    /// As [`Rights::judge`].
    pub fn offices(
        &self,
        holder: &Holder,
        action: Action,
        circumstances: Circumstances,
    ) -> Result<Offices> {
        if self.judge(holder, action, EVERYWHERE, circumstances)?.permitted {
            return Ok(Offices::All);
        }
        let mut only = Vec::new();
        for office in holder.offices() {
            if office != EVERYWHERE && self.judge(holder, action, office, circumstances)?.permitted
            {
                only.push(office.to_owned());
            }
        }
        Ok(Offices::Only(only))
    }

    /// The policies, for people.
    pub fn policies(&self) -> Vec<Policy> {
        let said = |policy: &cedar_policy::Policy, key: &str| {
            policy.annotation(key).unwrap_or_default().to_owned()
        };
        let mut all: Vec<Policy> = (self.policies.policies())
            .map(|policy| Policy {
                id: policy.id().to_string(),
                ko: said(policy, "said_ko"),
                en: said(policy, "said_en"),
                text: policy.to_string(),
            })
            .collect();
        all.sort_by(|a, b| a.id.cmp(&b.id));
        all
    }

    /// The roles that would be permitted something, whatever else has to hold.
    ///
    /// # Errors
    /// As [`Rights::judge`].
    pub fn roles(&self, action: Action) -> Result<Vec<Role>> {
        let mut roles = Vec::new();
        for &role in Role::ALL {
            let one = Holder::person(vec![Grant { role, office: EVERYWHERE.to_owned() }]);
            if self.judge(&one, action, EVERYWHERE, Circumstances::DRAWN)?.permitted {
                roles.push(role);
            }
        }
        Ok(roles)
    }
}

fn uid(kind: &str, id: &str) -> Result<EntityUid> {
    let kind = kind.parse().map_err(|_| anyhow!("{kind} is no kind of entity"))?;
    Ok(EntityUid::from_type_name_and_id(kind, cedar_policy::EntityId::new(id)))
}

/// Errors of the policy engine have sources that are no errors of ours.
fn other(error: impl fmt::Display) -> anyhow::Error {
    anyhow!("while asking the policies: {error}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(grants: &[&str]) -> Holder {
        Holder::person(grants.iter().map(|text| text.parse().unwrap()).collect())
    }

    #[track_caller]
    fn check(rights: &Rights, grants: &[&str], action: Action, office: &str, expected: &str) {
        let circumstances = Circumstances::default();
        let verdict = rights.judge(&person(grants), action, office, circumstances).unwrap();
        let sign = if verdict.permitted { "+" } else { "-" };
        assert_eq!(format!("{sign}{}", verdict.policy), expected, "{grants:?} {action} {office}");
    }

    #[test]
    fn a_role_reaches_as_far_as_its_offices() {
        let rights = Rights::load().unwrap();
        let r = &rights;
        let (draw, read) = (Action::DrawPlan, Action::ReadPlan);
        check(r, &["targeting_officer@030"], draw, "030", "+targeting-officer");
        check(r, &["targeting_officer@030"], draw, "040", "-nothing-permits");
        check(r, &["targeting_officer@030"], draw, "*", "-nothing-permits");
        check(r, &["targeting_officer"], draw, "040", "+targeting-officer");
        check(r, &["targeting_officer"], draw, "*", "+targeting-officer");
        check(r, &["auditor@030", "targeting_officer"], draw, "030", "-auditors-write-nothing");
        check(r, &["administrator", "targeting_officer"], read, "1", "-administrators-stay-out");
        check(r, &["inspector@030"], read, "030", "-nothing-permits");
        check(r, &[], read, "030", "-nothing-permits");
    }

    #[test]
    fn who_inspects_sees_what_was_drawn_and_released() {
        let rights = Rights::load().unwrap();
        let inspector = person(&["inspector@030"]);
        let may = |circumstances| {
            rights.judge(&inspector, Action::ReadPlan, "030", circumstances).unwrap().permitted
        };
        assert!(may(Circumstances::DRAWN));
        assert!(!may(Circumstances::RELEASED));
        assert!(!may(Circumstances { released: false, drawn: true }));
        let offices =
            |action, circumstances| rights.offices(&inspector, action, circumstances).unwrap();
        let own = Offices::Only(vec!["030".to_owned()]);
        assert_eq!(offices(Action::ReadPlan, Circumstances::DRAWN), own);
        assert!(offices(Action::ReadPlan, Circumstances::default()).is_none());
        assert_eq!(offices(Action::RecordOutcome, Circumstances::DRAWN), own);
        assert!(offices(Action::RecordOutcome, Circumstances::default()).is_none());
    }

    #[test]
    fn a_machine_does_what_its_token_says_and_never_decides() {
        let rights = Rights::load().unwrap();
        let all = Holder::machine(Action::ALL.to_vec(), "030");
        let verdict =
            |action, office| rights.judge(&all, action, office, Circumstances::default()).unwrap();
        assert!(verdict(Action::SendConsignments, "030").permitted);
        assert!(!verdict(Action::SendConsignments, "040").permitted);
        assert_eq!(&*verdict(Action::ApproveModel, "030").policy, "people-decide");
        let few = Holder::machine(vec![Action::ReadMeasures], EVERYWHERE);
        assert_eq!(
            rights.offices(&few, Action::ReadMeasures, Circumstances::default()).unwrap(),
            Offices::All
        );
        assert!(
            !rights
                .judge(&few, Action::ReadPlan, "030", Circumstances::default())
                .unwrap()
                .permitted
        );
    }

    #[test]
    fn every_action_is_some_roles() {
        let rights = Rights::load().unwrap();
        for &action in Action::ALL {
            assert!(!rights.roles(action).unwrap().is_empty(), "nobody may {action}");
        }
    }
}
