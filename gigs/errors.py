"""Why a gig can't be had, changed or published."""

from marketplace.kernel.errors import Invalid, ManyInvalid, NotAllowed, Refused, Unknown


class GigUnknown(Unknown):
    code = "gig_not_found"
    sentence = "We can’t find that gig. It may be paused, or the address may be wrong."
    rule = "R-GIG-2"


class PlaceUnknown(Unknown):
    code = "category_not_found"
    sentence = "We have no category of that name. Explore shows all of them."
    rule = "R-GIG-9"


class SellerUnknown(Unknown):
    code = "seller_not_found"
    sentence = "We can’t find that seller. The account may be closed, or the address may be wrong."
    rule = "R-GIG-9"


class PackageUnknown(Unknown):
    code = "package_not_found"
    sentence = "This gig has no {tier} package."
    rule = "R-GIG-2"


class OnlySellers(NotAllowed):
    code = "only_sellers"
    sentence = "Gigs are made by sellers. Tell us what you do first, then make your gig."
    rule = "R-GIG-2"


class NotReady(ManyInvalid):
    """Everything that a gig still lacks before buyers may see it."""

    code = "gig_not_ready"
    rule = "R-GIG-3"


class Missing(Invalid):
    """One line of the publish check-list; `field` is the tab that mends it."""

    code = "gig_incomplete"
    sentence = "{what}"
    rule = "R-GIG-3"


class ChangedElsewhere(Refused):
    """The page is older than what is stored. `values`: `tab`, `version` and `at`, the instant of the other change."""

    code = "gig_changed_elsewhere"
    sentence = "“{tab}” was changed in another window after you opened it here, so it was not saved over that."
    rule = "R-GIG-3"


class GigArchived(Refused):
    code = "gig_archived"
    sentence = "This gig is archived. Bring it back first; it is as you left it."
    rule = "R-GIG-2"


class NotArchived(Refused):
    code = "gig_not_archived"
    sentence = "This gig is not archived, so there is nothing to bring back."
    rule = "R-GIG-2"


class NothingToPause(Refused):
    code = "gig_not_active"
    sentence = "This gig is not active, so there is nothing to pause."
    rule = "R-GIG-2"


class AlreadyActive(Refused):
    code = "gig_already_active"
    sentence = "This gig is active already."
    rule = "R-GIG-2"


class TooManyImages(Invalid):
    code = "too_many_images"
    sentence = "A gallery holds {most} pictures. Remove one to add another."
    rule = "R-GIG-2"


class NotAnImage(Invalid):
    code = "not_an_image"
    sentence = "We can’t read this file as a picture. Use JPEG, PNG or WebP."
    rule = "R-GIG-2"


class ImageTooLarge(Invalid):
    code = "image_too_large"
    sentence = "A picture can have up to {most}. Make it smaller and add it again."
    rule = "R-GIG-2"


class ImageTooSmall(Invalid):
    code = "image_too_small"
    sentence = "A picture needs at least {width} × {height} pixels; this one has {actual}."
    rule = "R-GIG-2"


class ImageUnknown(Unknown):
    code = "image_not_found"
    sentence = "We can’t find that picture. It may have been removed."
    rule = "R-GIG-2"


class TemplateUnknown(Unknown):
    code = "template_not_found"
    sentence = "We can’t find that template. It may have been deleted."
    rule = "R-GIG-8"


class TooManyTags(Invalid):
    code = "too_many_tags"
    sentence = "Use up to {most} tags."
    rule = "R-GIG-2"


class RevisionsOutOfBounds(Invalid):
    code = "revisions_out_of_bounds"
    sentence = "A package includes 0 to {most} revisions, not {count}."
    rule = "R-GIG-2"


class NothingToKeep(Refused):
    code = "nothing_to_keep"
    sentence = "There are no milestones yet. Add some, then keep them as a template."
    rule = "R-GIG-8"


class TemplateNameMissing(Invalid):
    code = "template_name_missing"
    sentence = "Give the template a name, so that you know it again."
    rule = "R-GIG-8"


class TemplateNameTooLong(Invalid):
    code = "template_name_too_long"
    sentence = "Keep the name to {limit} characters; this one has {length}."
    rule = "R-GIG-8"


class TemplateNameTaken(Invalid):
    code = "template_name_taken"
    sentence = "You have a template called “{name}” already. Choose another name."
    rule = "R-GIG-8"
