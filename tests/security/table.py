"""The table of tests/security/test_urls.py: an address, and what each role gets there.

GET: anonymous, stranger, buyer, seller, agent; then what the stranger gets for POST. 302 leads to signing in, or away
from where there is nothing to do; 404 is for what belongs to others; 405 is an address that only reads or only writes.
"""

DESK = "support/"
DESK_LISTS = (
    "accounts/user/",
    "accounts/sellerprofile/",
    "notifications/notification/",
    "milestones/milestonepolicy/",
    "payments/audit/",
    "payments/charge/",
    "payments/refund/",
    "payments/dispute/",
    "payments/journalentry/",
    "payments/document/",
    "payments/ledgeraccount/",
    "payments/connectedaccount/",
    "payments/webhookevent/",
    "gigs/category/",
    "gigs/subcategory/",
    "gigs/gig/",
    "inbox/report/",
    "gigs/workflowtemplate/",
    "orders/order/",
    "reviews/review/",
    "auth/group/",
)

TABLE = """
# Anyone
/                                                          200 200 200 200 200  405
# Signing in, by allauth
/accounts/login/                                           200 302 302 302 302  302
/accounts/logout/                                          302 200 200 200 200  302
/accounts/inactive/                                        200 200 200 200 200  405
/accounts/signup/                                          200 302 302 302 302  302
/accounts/reauthenticate/                                  302 200 200 200 200  200
/accounts/email/                                           302 200 200 200 200  302
/accounts/confirm-email/                                   200 200 200 200 200  405
/accounts/password/change/                                 302 200 200 200 200  200
/accounts/password/set/                                    302 302 302 302 302  302
/accounts/password/reset/                                  200 200 200 200 200  302
/accounts/login/code/confirm/                              302 302 302 302 302  302
/accounts/confirm-email/abc/                               200 200 200 200 200  404
/accounts/password/reset/key/done/                         200 200 200 200 200  405
/accounts/password/reset/key/1-abc/                        200 200 200 200 200  200
/accounts/password/reset/done/                             200 200 200 200 200  405
/accounts/2fa/                                             302 200 200 200 200  405
/accounts/2fa/authenticate/                                302 302 302 302 302  302
/accounts/2fa/reauthenticate/                              302 302 302 302 302  302
/accounts/2fa/totp/activate/                               302 302 302 302 302  302
/accounts/2fa/totp/deactivate/                             302 404 404 404 404  404
/accounts/2fa/recovery-codes/                              302 404 404 404 404  405
/accounts/2fa/recovery-codes/generate/                     302 302 302 302 302  302
/accounts/2fa/recovery-codes/download/                     302 404 404 404 404  404
/accounts/sessions/                                        302 200 200 200 200  302
# Anyone
/how-milestones-work/                                      200 200 200 200 200  405
/help/                                                     200 200 200 200 200  405
/styleguide/                                               200 200 200 200 200  405
/favicon.ico                                               302 302 302 302 302  405
/healthz                                                   200 200 200 200 200  405
/readyz                                                    200 200 200 200 200  405
/fees/                                                     200 200 200 200 200  405
# One’s own account
/settings/                                                 302 200 200 200 200  200
/settings/selling/                                         302 302 302 200 302  302
/settings/billing/                                         302 200 200 200 200  302
/settings/tokens/                                          302 200 200 200 200  200
/settings/tokens/{token}/revoke/                           302 405 405 405 405  404
/settings/calendar/                                        302 200 200 200 200  405
/settings/calendar/make/                                   302 405 405 405 405  302
/settings/team/                                            302 200 200 200 200  422
/settings/team/{member}/remove/                            302 405 405 405 405  404
/settings/team/{member}/leave/                             302 405 405 405 405  404
/settings/invitations/{invitation}/withdraw/               302 405 405 405 405  404
/team/work-for/                                            302 405 405 405 405  404
/team/join/{join}/                                         200 200 200 200 200  403
/sell/                                                     302 200 200 302 200  200
/notifications/                                            302 200 200 200 200  405
/notifications/read/                                       302 405 405 405 405  302
/notifications/preferences/                                302 200 200 200 200  302
/notifications/{notice}/                                   302 404 302 404 404  405
# The catalogue is public; a draft and the editor are its seller’s
/gigs/                                                     200 200 200 200 200  405
/gigs/mine/                                                302 200 200 200 200  405
/gigs/new/                                                 302 302 302 200 302  302
/gigs/images/{draft_image}/full.webp                       404 404 404 200 404  405
/gigs/in/programming/                                      200 200 200 200 200  405
/gigs/{gig}/                                               200 200 200 200 200  405
/gigs/{gig}/about/an-old-title/                            301 301 301 301 301  405
/sellers/{seller}/                                         200 200 200 200 200  405
/robots.txt                                                200 200 200 200 200  405
/sitemap.xml                                               200 200 200 200 200  405
/sitemap-gigs.xml                                          200 200 200 200 200  405
/gigs/{draft_gig}/                                         404 404 404 200 404  405
/gigs/{gig}/edit/overview/                                 302 404 404 200 404  404
/gigs/{gig}/pause/                                         302 405 405 405 405  404
/gigs/{gig}/archive/                                       302 405 405 405 405  404
/gigs/{gig}/bring-back/                                    302 405 405 405 405  404
/gigs/{gig}/duplicate/                                     302 405 405 405 405  404
/gigs/templates/                                           302 302 302 200 302  405
/gigs/templates/{template}/                                302 404 404 200 404  405
/gigs/templates/{template}/rename/                         302 405 405 405 405  404
/gigs/templates/{template}/copy/                           302 405 405 405 405  404
/gigs/templates/{template}/delete/                         302 404 404 200 404  404
# Two people talk
/inbox/                                                    302 200 200 200 200  405
/inbox/news/                                               302 200 200 200 200  405
/inbox/preview/                                            302 405 405 405 405  200
/inbox/blocked/                                            302 200 200 200 200  405
/inbox/blocked/{buyer}/lift/                               302 405 405 405 405  404
/inbox/answers/                                            302 200 200 200 200  422
/inbox/answers/{answer}/                                   302 404 404 200 404  404
/inbox/answers/{answer}/delete/                            302 405 405 405 405  404
/inbox/with/{seller}/                                      302 200 302 409 200  302
/inbox/files/{attachment}/                                 302 404 200 200 404  405
/inbox/files/{attachment}/small.webp                       302 404 404 404 404  405
/inbox/files/{picture}/                                    302 404 200 200 404  405
/inbox/files/{picture}/small.webp                          302 404 200 200 404  405
/inbox/{conversation}/                                     302 404 200 200 404  404
/inbox/{conversation}/news/                                302 404 200 200 404  405
/inbox/{conversation}/block/                               302 404 200 200 404  404
/inbox/{conversation}/report/                              302 404 200 200 404  404
/offers/                                                   302 200 200 200 200  405
/offers/requests/{request}/decline/                        302 405 405 405 405  404
/offers/new/{conversation}/                                302 404 403 200 404  404
/offers/ask/{conversation}/                                302 404 200 409 404  404
/offers/with/{seller}/                                     302 200 302 409 200  422
/offers/{offer}/                                           302 404 200 200 404  405
/offers/{draft}/                                           302 404 404 302 404  405
/offers/{draft}/edit/                                      302 404 404 200 404  404
/offers/{draft}/discard/                                   302 405 405 405 405  404
/offers/{offer}/revise/                                    302 405 405 405 405  404
/offers/{offer}/versions/                                  302 404 200 200 404  405
/offers/{offer}/keep/                                      302 405 405 405 405  404
/offers/{offer}/remind/                                    302 405 405 405 405  404
/offers/{offer}/counter/                                   302 405 405 405 405  404
/offers/{offer}/agree/                                     302 405 405 405 405  404
/offers/{offer}/decline/                                   302 405 405 405 405  404
/offers/{offer}/withdraw/                                  302 405 405 405 405  404
# Two sides of an order; originals only once accepted; no step of the clock, the bank or support has a page
/orders/                                                   302 200 200 200 200  405
/orders/new/gig/{gig}/                                     405 405 405 405 405  303
/orders/new/offer/{offer}/                                 302 405 405 405 405  404
/orders/of/offer/{offer}/                                  302 404 404 404 404  405
/orders/tasks/                                             302 200 200 200 200  405
/orders/tasks/{task}/                                      302 404 404 200 404  405
/orders/tasks/{task}/tick/                                 302 405 405 405 405  404
/orders/tasks/files/{note}/                                302 404 404 200 404  405
/orders/{order}/tasks/                                     302 404 404 200 404  404
/orders/{order}/                                           302 404 200 200 404  405
/orders/{order}/standing/                                  302 404 200 200 404  405
/orders/{order}/paid/                                      302 404 303 303 404  405
/orders/{order}/pay/                                       302 405 405 405 405  404
/orders/{order}/deliver/                                   302 405 405 405 405  404
/orders/{order}/answers/                                   302 405 405 405 405  404
/orders/{order}/answers/1/                                 302 404 200 200 404  405
/orders/{order}/notes/                                     302 405 405 405 405  404
/orders/{order}/notes/{order_note}/                        302 404 404 200 404  404
/orders/{order}/notes/{order_note}/delete/                 302 405 405 405 405  404
/orders/{order}/money/                                     302 404 200 200 404  405
/orders/{order}/card/                                      302 404 200 403 404  404
/orders/{order}/timeline.csv                               302 404 200 200 404  405
/orders/{order}/steps/{step}/share/                        302 405 405 405 405  404
/orders/{order}/steps/{step}/seen/                         302 405 405 405 405  404
/orders/{order}/steps/{step}/files/{step_file}/            302 404 200 200 404  405
/orders/{order}/files/{preview}/                           302 404 200 200 404  405
/orders/{order}/files/{original}/                          302 404 404 200 404  405
/orders/{order}/files/{preview}/picture/                   302 404 200 200 404  405
/orders/{order}/files/{original}/picture/                  302 404 404 200 404  405
/orders/{order}/accept_and_stop/                           302 404 200 403 404  404
/orders/{order}/lapse_review/                              302 404 404 404 404  404
/orders/{order}/charge_saved_card/                         302 404 409 403 404  404
/orders/{order}/fund/                                      302 404 404 404 404  404
/orders/{order}/cancel_order/                              302 404 404 404 404  404
# Reviews: only of completed orders, by their two people; the lists are public
/reviews/order/{order}/                                    302 404 409 409 404  404
/reviews/rev_0/answer/                                     302 404 404 404 404  404
/reviews/gig/{gig}/                                        200 200 200 200 200  405
/reviews/seller/{seller}/                                  200 200 200 200 200  405
# What a seller has under way
/selling/                                                  302 302 302 200 302  405
/selling/away/                                             302 302 302 200 302  302
/selling/back/                                             302 405 405 405 405  302
# The cards that one keeps
/payment-methods/                                          302 200 200 200 200  405
/payment-methods/{card}/remove/                            302 405 405 405 405  404
# Whoever has the key of a calendar reads it, and nobody writes it
/calendar/{calendar}.ics                                   200 200 200 200 200  405
/calendar/no-such-key.ics                                  404 404 404 404 404  405
# Papers are their person’s own: the invoice is the buyer’s
/payouts/                                                  302 302 302 200 302  405
/payouts/begin/                                            302 405 405 405 405  422
/payouts/back/                                             302 302 302 302 302  405
/payouts/again/                                            302 302 302 302 302  405
/payouts/dashboard/                                        302 405 405 405 405  503
/earnings/                                                 302 302 302 200 302  405
/earnings.csv                                              302 404 404 200 404  405
/documents/                                                302 200 200 200 200  405
/documents/{invoice}/                                      302 404 200 404 404  405
/documents/{invoice}.pdf                                   302 404 200 404 404  405
# Stripe signs
/webhooks/stripe/                                          405 405 405 405 405  400
/webhooks/stripe/connect/                                  405 405 405 405 405  400
# Programs
/api/v1/                                                   200 200 200 200 200  405
/api/v1/tokens/                                            401 200 200 200 200  401
/api/v1/tokens/{token}/                                    401 405 405 405 405  405
/api/v1/me/away/                                           401 404 404 200 404  405
/api/v1/me/billing/                                        401 200 200 200 200  405
/api/v1/me/                                                401 200 200 200 200  405
/api/v1/gigs/                                              200 200 200 200 200  405
/api/v1/gigs/{gig}/                                        200 200 200 200 200  405
/api/v1/gigs/{draft_gig}/                                  404 404 404 200 404  405
/api/v1/templates/                                         401 200 200 200 200  405
/api/v1/templates/{template}/                              401 404 404 200 404  405
/api/v1/templates/{template}/copy/                         401 405 405 405 405  404
/api/v1/selling/                                           401 404 404 200 404  405
/api/v1/orders/{order}/review/                             401 404 409 409 404  405
/api/v1/reviews/rev_0/answer/                              401 405 405 405 405  404
/api/v1/gigs/{gig}/reviews/                                200 200 200 200 200  405
/api/v1/sellers/{seller}/reviews/                          200 200 200 200 200  405
/api/v1/conversations/                                     401 200 200 200 200  405
/api/v1/conversations/search/                              401 200 200 200 200  405
/api/v1/conversations/{conversation}/                      401 404 200 200 404  405
/api/v1/conversations/{conversation}/messages/             401 404 200 200 404  404
/api/v1/conversations/{conversation}/read/                 401 405 405 405 405  404
/api/v1/conversations/{conversation}/block/                401 405 405 405 405  404
/api/v1/conversations/{conversation}/reports/              401 405 405 405 405  404
/api/v1/quick-answers/                                     401 200 200 200 200  422
/api/v1/quick-answers/{answer}/                            401 404 404 200 404  405
/api/v1/offers/                                            401 200 200 200 200  405
/api/v1/offers/{offer}/                                    401 404 200 200 404  405
/api/v1/offers/{draft}/                                    401 404 404 404 404  405
/api/v1/offers/{offer}/versions/                           401 404 200 200 404  405
/api/v1/offers/{offer}/counter/                            401 405 405 405 405  404
/api/v1/offers/{offer}/agree/                              401 405 405 405 405  404
/api/v1/offers/{offer}/remind/                             401 405 405 405 405  404
/api/v1/offers/requests/{request}/decline/                 401 405 405 405 405  404
/api/v1/offers/{offer}/decline/                            401 405 405 405 405  404
/api/v1/offers/{offer}/withdraw/                           401 405 405 405 405  404
/api/v1/orders/                                            401 200 200 200 200  405
/api/v1/orders/{order}/                                    401 404 200 200 404  405
/api/v1/orders/{order}/timeline/                           401 404 200 200 404  405
/api/v1/orders/{order}/answers/1/                          401 404 200 200 404  405
/api/v1/orders/{order}/files/{preview}/                    401 404 200 200 404  405
/api/v1/orders/{order}/files/{original}/                   401 404 404 200 404  405
/api/v1/orders/{order}/steps/                              401 404 200 200 404  405
/api/v1/orders/{order}/steps/{step}/share/                 401 405 405 405 405  404
/api/v1/orders/{order}/steps/{step}/acknowledge/           401 405 405 405 405  404
/api/v1/orders/{order}/steps/{step}/files/{step_file}/     401 404 200 200 404  405
/api/v1/orders/{order}/money/                              401 404 200 200 404  405
/api/v1/orders/{order}/card/                               401 405 405 405 405  404
/api/v1/payment-methods/                                   401 200 200 200 200  405
/api/v1/payment-methods/{card}/                            401 405 405 405 405  405
/api/v1/orders/{order}/pay/                                401 405 405 405 405  404
/api/v1/gigs/{gig}/orders/                                 401 405 405 405 405  409
/api/v1/offers/{offer}/accept/                             401 405 405 405 405  404
/api/v1/orders/{order}/actions/deliver/                    401 405 405 405 405  404
/api/v1/orders/{order}/actions/answer_requirements/        401 405 405 405 405  404
/api/v1/orders/{order}/actions/waive_requirements/         401 405 405 405 405  404
/api/v1/orders/{order}/actions/accept_and_continue/        401 405 405 405 405  404
/api/v1/orders/{order}/actions/charge_saved_card/          401 405 405 405 405  404
/api/v1/orders/{order}/actions/accept_and_finish/          401 405 405 405 405  404
/api/v1/orders/{order}/actions/accept_and_stop/            401 405 405 405 405  404
/api/v1/orders/{order}/actions/request_revision/           401 405 405 405 405  404
/api/v1/orders/{order}/actions/ask_more_time/              401 405 405 405 405  404
/api/v1/orders/{order}/actions/grant_more_time/            401 405 405 405 405  404
/api/v1/orders/{order}/actions/refuse_more_time/           401 405 405 405 405  404
/api/v1/orders/{order}/actions/stop/                       401 405 405 405 405  404
/api/v1/orders/{order}/actions/accept_month/               401 405 405 405 405  404
/api/v1/orders/{order}/actions/accept_and_end/             401 405 405 405 405  404
/api/v1/orders/{order}/actions/end_after_month/            401 405 405 405 405  404
/api/v1/orders/{order}/actions/end_after_revision/         401 405 405 405 405  404
/api/v1/orders/{order}/actions/end_after_delivery/         401 405 405 405 405  404
/api/v1/orders/{order}/actions/end_subscription/           401 405 405 405 405  404
/api/v1/orders/{order}/actions/decline_to_continue/        401 405 405 405 405  404
/api/v1/earnings/                                          401 200 200 200 200  405
/api/v1/payouts/                                           401 200 200 200 200  405
/api/v1/documents/                                         401 200 200 200 200  405
/api/v1/documents/{invoice}/                               401 404 200 404 404  405
/api/v1/documents/{invoice}/pdf/                           401 404 200 404 404  405
/api/v1/schema/                                            200 200 200 200 200  405
/api/v1/schema.json                                        200 200 200 200 200  405
/api/nothing                                               404 404 404 404 404  404
"""
