"""The list of features: their models, blueprints, jobs and listeners. A new one is a line here."""

from flask import Flask


def register(app: Flask) -> None:
    """Import every feature (so that its tables and jobs are known) and bind its pages."""
    from relcrm.consent import catalogue
    from relcrm.consent import tasks as consent_tasks  # noqa: F401 (jobs)
    from relcrm.consent import views as consent
    from relcrm.customers import (  # noqa: F401 (more pages and jobs)
        cleansing_views,
        consent_views,
        duplicate_views,
        export_views,
        file_views,
        identity_views,
        import_files,
        import_job,
        list_views,
        merge_views,
        seams,
        tasks,
    )
    from relcrm.customers import import_views as customer_imports
    from relcrm.customers import views as customers
    from relcrm.handover import views as handover
    from relcrm.loyalty import (  # noqa: F401 (pages, cards, jobs, what doctor asks)
        approvals_views,
        openings,
        points_chain_views,
        points_checks,
        points_seams,
        points_tasks,
        points_views,
        tier_checks,
        tier_edit_views,
        tier_seams,
        tier_tasks,
        tier_views,
    )
    from relcrm.measures import nightly, together  # noqa: F401 (jobs)
    from relcrm.measures import seams as measure_seams  # noqa: F401 (cards)
    from relcrm.measures import views as measures
    from relcrm.products import care_views, edit_views, import_views  # noqa: F401 (more pages)
    from relcrm.products import tasks as product_tasks  # noqa: F401 (jobs)
    from relcrm.products import views as products
    from relcrm.purchases import checks as purchase_checks  # noqa: F401 (what doctor asks)
    from relcrm.purchases import recounting  # noqa: F401 (job)
    from relcrm.purchases import seams as purchase_seams  # noqa: F401 (cards, timeline)
    from relcrm.purchases import views as purchases
    from relcrm.receipts import matching, work  # noqa: F401 (jobs)
    from relcrm.receipts import seams as receipt_seams  # noqa: F401 (what stays)
    from relcrm.receipts import views as receipts
    from relcrm.staff import account_views, join_views, people_views, role_views, store_views, trail_views  # noqa: F401 (more pages)
    from relcrm.staff import views as staff
    from relcrm.web import system

    catalogue.check(catalogue.fields())
    import_files.use_folder(app.config["RELCRM"].data_dir / "imports")
    for blueprint in (
        system.bp,
        staff.bp,
        consent.bp,
        customers.bp,
        merge_views.bp,
        customer_imports.bp,
        duplicate_views.bp,
        cleansing_views.bp,
        export_views.bp,
        products.bp,
        purchases.bp,
        tier_views.bp,
        approvals_views.bp,
        points_views.bp,
        receipts.bp,
        handover.bp,
        measures.bp,
    ):
        app.register_blueprint(blueprint)
