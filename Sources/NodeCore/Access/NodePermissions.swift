/// The rights in what is the node's own: section 2 of the handbook as a table.
public enum NodePermissions {
    public static let rows: [Permission] = [
        Permission(Role.staff, .node, [.view]),
        Permission([.sysadmin], .node, [.config]),

        // Accounts are the system administrator's, rights take force when the security administrator approves.
        Permission([.sysadmin], .accounts, [.view, .create, .update, .grant]),
        Permission([.secadmin], .accounts, [.view, .approve]),
        Permission([.auditor], .accounts, [.view]),
        Permission([.auditor], .audit, [.view, .export, .print]),

        Permission(Role.staff, .sync, [.view]),
        Permission([.sysadmin], .sync, [.config, .exchange]),
        Permission([.dataSteward], .sync, [.exchange]),
        Permission([.clerk], at: [.county, .city, .province], .late, [.view, .update]),
        Permission([.sysadmin, .auditor, .dataSteward], .log, [.view]),
        Permission([], .store, [.view, .export]),
        Permission([.sysadmin, .secadmin, .auditor], .enrolments, [.view]),
        Permission([.sysadmin], .enrolments, [.config]),
        Permission([.sysadmin, .secadmin, .auditor], .keys, [.view]),
        Permission([.sysadmin], .keys, [.config]),
        Permission([.sysadmin, .auditor], .backups, [.view]),
        Permission([.sysadmin], .backups, [.config]),

        // The national analyst publishes for all; a province or city publishes what its places may set for themselves.
        Permission(Role.staff, .publishing, [.view]),
        Permission([.nationalAnalyst], at: [.national], .publishing, [.config]),
        Permission([.dataSteward], at: [.national, .province, .city], .publishing, [.config]),
        Permission(Role.staff, .parameters, [.view]),
        Permission([.nationalAnalyst], at: [.national], .parameters, [.config]),
        Permission([.dataSteward], .parameters, [.config]),
        Permission([.nationalAnalyst], at: [.national], .calendar, [.config]),
        Permission([.dataSteward], at: [.national, .province], .calendar, [.config]),
        Permission(Role.staff + Role.outside, .notices, [.view]),
        Permission([.nationalAnalyst], at: [.national], .notices, [.create, .update, .delete]),
        Permission([.policyEditor, .activityManager], .notices, [.create, .update, .delete]),
        Permission(Role.business, .reminders, [.view]),
        Permission([.sysadmin], .reminders, [.config]),
        Permission(Role.staff, .notifications, [.view, .update]),

        // Sums, never a person.
        Permission(
            [.clerk, .approver, .unitHead, .finance, .analyst, .reportDesigner, .dataSteward] + Role.reviewers,
            .statistics, [.view, .print]),
        Permission([.nationalAnalyst], at: [.national], .statistics, [.view, .print, .export]),
        Permission([.analyst, .reportDesigner], .statistics, [.export]),
        Permission([.auditor], .statistics, [.view]),

        // The second person: whoever answers for the unit's work on files. National data name nobody, and nobody exports it.
        Permission(
            [.approver, .unitHead, .countyReviewer, .cityReviewer, .provinceReviewer], at: [.county, .city, .province],
            .exports, [.view, .approve]),

        Permission([.dataSteward], at: [.national], .matching, [.config]),
        Permission([.matchingJob], at: [.national], .matching, [.view, .unsealMatch]),

        // Who has seen the ID card at the counter opens, links and renews the account of a file, and answers its head.
        Permission([.clerk], at: [.county, .city, .province], .portal, [.view, .create, .update]),
        Permission(Role.outside, .ownData, [.view, .create, .update, .delete, .export]),
    ]
}
