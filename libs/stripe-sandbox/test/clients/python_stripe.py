"""Drives the sandbox with Debian's python3-stripe, and prints what it got. Usage: python_stripe.py URL KEY"""

import json
import sys
import time

import stripe

stripe.api_base, stripe.api_key = sys.argv[1:3]
stripe.max_network_retries = 0

customer = stripe.Customer.create(email="ada@example.com", metadata={"user": "7"})
card = stripe.PaymentMethod.attach("pm_card_visa", customer=customer.id)
stripe.Customer.modify(customer.id, invoice_settings={"default_payment_method": card.id})


def pay(**params):
    return stripe.PaymentIntent.create(
        amount=2500,
        currency="usd",
        customer=customer.id,
        confirm=True,
        off_session=True,
        automatic_payment_methods={"enabled": True, "allow_redirects": "never"},
        **params,
    )


paid = pay(payment_method=card.id, idempotency_key="order 7")
replayed = pay(payment_method=card.id, idempotency_key="order 7")
try:
    pay(payment_method="pm_card_chargeDeclinedInsufficientFunds")
    decline = None
except stripe.error.CardError as error:
    decline = [error.http_status, error.code, error.error.decline_code]
try:
    stripe.Customer.retrieve("cus_none")
    missing = None
except stripe.error.InvalidRequestError as error:
    missing = [error.http_status, error.param]
refund = stripe.Refund.create(payment_intent=paid.id, amount=500)

product = stripe.Product.create(name="Club")
price = stripe.Price.create(
    product=product.id, currency="usd", unit_amount=1000, recurring={"interval": "month"}
)
subscription = stripe.Subscription.create(customer=customer.id, items=[{"price": price.id}])
canceled = stripe.Subscription.modify(subscription.id, cancel_at_period_end=True)
for number in range(3):
    stripe.Customer.create(name=f"Customer {number}")
events = stripe.Event.list(type="charge.succeeded").data
payload = json.dumps(events[0].to_dict_recursive())
secret = "whsec_" + "x" * 8
now = int(time.time())
signature = stripe.WebhookSignature._compute_signature(f"{now}.{payload}", secret)
event = stripe.Webhook.construct_event(payload, f"t={now},v1={signature}", secret)

print(
    json.dumps(
        {
            "paid": [paid.status, paid.amount_received],
            "replayed": replayed.id == paid.id,
            "decline": decline,
            "missing": missing,
            "refund": [refund.status, refund.amount],
            "subscription": [subscription.status, canceled.cancel_at_period_end],
            "customers": len(list(stripe.Customer.list(limit=1).auto_paging_iter())),
            "found": [each.id == customer.id for each in stripe.Customer.search(query="metadata['user']:'7'")],
            "event": event.type,
        }
    )
)
