/// The data's way, in six stages. These words are used for nothing else, in folders, types, logs and metrics alike.
///
/// 1. **Draft**: the home's clerk writes; nobody else sees it. (`Draft/`)
/// 2. **Report**: the home seals a version; from now on it is a fact. (`Report/`)
/// 3. **Changeset**: sealed entries travel, signed and packed, one hop at a time. (`Changeset/`)
/// 4. **Apply**: the receiver checks everything and writes it down, once. (`Apply/`)
/// 5. **Decision**: the rightful level approves, returns or rejects; above it, versions pass for the record. (`Decision/`)
/// 6. **Descent**: decisions go down the whole path to the home. (`Descent/`)
///
/// What each stage writes in one transaction:
///
/// | act | together |
/// |---|---|
/// | report | version, entry, seal, record state, audit |
/// | ingest | journal row, durable position, projections, outcomes, decisions made by rule, own seals, rejections |
/// | decide | the entry in both logs and their seals, record state, audit |
public enum Stage: String, Sendable, CaseIterable {
    case draft, report, changeset, apply, decision, descent
}
