"""Values as the API shows them, the same in every app."""

from rest_framework import serializers

from marketplace.kernel.money import Money


class MoneyOut(serializers.Serializer[Money]):
    """Integer minor units with an ISO currency: 1050 USD is $10.50."""

    amount = serializers.IntegerField()
    currency = serializers.CharField()
