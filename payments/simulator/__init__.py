"""A Stripe of our own for the demo and the tests: it speaks Stripe's wire protocol and never touches money.

The real SDK and our one gateway run against it unchanged. `core.Simulator` is the whole of it, without sockets: tests
drive it in-process through `transport.InProcessAdapter`. `python -m payments.simulator.server` puts HTTP, the hosted
payment page and signed webhooks around it, and refuses to start outside the demo.

Plain Python: nothing here imports Django or the SDK.
"""
