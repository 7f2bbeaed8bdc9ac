"""`/api/v1/tokens/` and `/api/v1/me/`."""

from typing import Any, ClassVar

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import AnonRateThrottle, BaseThrottle
from rest_framework.views import APIView

from accounts.authentication import check_password, signed_in
from accounts.limits import tidy_address
from accounts.models import ApiToken, BillingDetails, SellerProfile, User
from accounts.selectors import billing_of, tokens_in_use
from accounts.services import come_back, issue_token, revoke_token, set_away, update_billing, update_person
from accounts.timezones import is_time_zone
from marketplace.kernel import clock
from marketplace.kernel.errors import Unknown


class SignInThrottle(AnonRateThrottle):
    """Per address, besides allauth's count of failures per account."""

    scope = "sign_in"


class TokenOut(serializers.ModelSerializer[ApiToken]):
    id = serializers.CharField(source="public_id", read_only=True)

    class Meta:
        model = ApiToken
        fields: tuple[str, ...] = ("id", "name", "ending", "created_at", "last_used_at")
        read_only_fields = fields


class NewTokenOut(TokenOut):
    """The only answer that has the token itself."""

    token = serializers.SerializerMethodField()

    class Meta(TokenOut.Meta):
        fields = (*TokenOut.Meta.fields, "token")
        read_only_fields = fields

    def get_token(self, _token: ApiToken) -> str:
        return str(self.context["secret"])


class SignIn(serializers.Serializer[Any]):
    email = serializers.EmailField()
    password = serializers.CharField(trim_whitespace=False, style={"input_type": "password"})
    code = serializers.CharField(
        required=False, default="", help_text="From the authenticator app, when the account has a second step"
    )
    name = serializers.CharField(max_length=80, default="API", help_text="What the token is for")


class Tokens(ListAPIView[ApiToken]):
    """Your tokens in use."""

    serializer_class = TokenOut
    queryset = ApiToken.objects.none()  # names the model for the schema

    def get_queryset(self) -> Any:
        return tokens_in_use(signed_in(self.request))

    def get_permissions(self) -> list[BasePermission]:
        return [AllowAny()] if self.request.method == "POST" else super().get_permissions()  # type: ignore[return-value]

    def get_throttles(self) -> list[BaseThrottle]:
        return [SignInThrottle()] if self.request.method == "POST" else super().get_throttles()

    @extend_schema(request=SignIn, responses={201: NewTokenOut}, auth=[])
    def post(self, request: Request) -> Response:
        """Sign in with e-mail and password for a token. The token is shown this once."""
        form = SignIn(data=request.data)
        form.is_valid(raise_exception=True)
        name = form.validated_data.pop("name")
        user = check_password(request=request._request, **form.validated_data)
        token, secret = issue_token(user=user, name=name, now=clock.now())
        return Response(NewTokenOut(token, context={"secret": secret}).data, status=201)


class Token(APIView):
    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, public_id: str) -> Response:
        """Revoke one of your tokens: the next request that uses it is refused."""
        revoke_token(user=signed_in(request), public_id=public_id, now=clock.now())
        return Response(status=204)


class Person(serializers.ModelSerializer[User]):
    id = serializers.CharField(source="public_id", read_only=True)
    is_seller = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ("id", "email", "name", "timezone", "is_seller")
        read_only_fields = ("email",)
        extra_kwargs: ClassVar = {"name": {"allow_blank": False}}

    def get_is_seller(self, user: User) -> bool:
        return hasattr(user, "seller")

    def validate_timezone(self, value: str) -> str:
        if not is_time_zone(value):
            raise serializers.ValidationError("This is not a time zone. Use a name such as Europe/Paris.")
        return value


class Me(APIView):
    @extend_schema(responses=Person)
    def get(self, request: Request) -> Response:
        """Whose token this is."""
        return Response(Person(signed_in(request)).data)

    @extend_schema(request=Person, responses=Person)
    def patch(self, request: Request) -> Response:
        """Change your name or time zone."""
        user = signed_in(request)
        form = Person(user, data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        data = {"name": user.name, "timezone": user.timezone} | form.validated_data
        update_person(user=user, **data)
        return Response(Person(user).data)


class Billing(serializers.ModelSerializer[BillingDetails]):
    """How your next invoices and statements name you; those that were issued stay as they are."""

    class Meta:
        model = BillingDetails
        fields = ("name", "address", "tax_id")

    def validate_address(self, value: str) -> str:
        try:
            return tidy_address(value)
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from error


class MyBilling(APIView):
    @extend_schema(responses=Billing)
    def get(self, request: Request) -> Response:
        """Your billing details."""
        return Response(Billing(billing_of(signed_in(request))).data)

    @extend_schema(request=Billing, responses=Billing)
    def patch(self, request: Request) -> Response:
        """Change what your next invoices and statements say about you."""
        user = signed_in(request)
        own = billing_of(user)
        form = Billing(own, data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        said = {"name": own.name, "address": own.address, "tax_id": own.tax_id} | form.validated_data
        return Response(Billing(update_billing(user=user, **said, now=clock.now())).data)


class AwayIn(serializers.Serializer[Any]):
    first = serializers.DateField(help_text="The first day away, of your own calendar")
    back = serializers.DateField(help_text="The day on which you are back")
    message = serializers.CharField(max_length=300, default="", allow_blank=True)


class AwayOut(serializers.Serializer[SellerProfile]):
    """Null when nothing is planned; an absence that has ended stays until the next."""

    first = serializers.DateField(source="away_from", allow_null=True)
    back = serializers.DateField(source="away_until", allow_null=True)
    message = serializers.CharField(source="away_message")
    away_now = serializers.BooleanField(help_text="Whether your gigs can’t be ordered just now")


class MyAbsence(APIView):
    @extend_schema(responses=AwayOut)
    def get(self, request: Request) -> Response:
        """Your time away."""
        return Response(AwayOut(_own_profile(request)).data)

    @extend_schema(request=AwayIn, responses=AwayOut)
    def put(self, request: Request) -> Response:
        """Go away: your gigs can’t be ordered until you are back. Running orders and their clocks go on."""
        _own_profile(request)
        form = AwayIn(data=request.data)
        form.is_valid(raise_exception=True)
        return Response(AwayOut(set_away(seller=signed_in(request), **form.validated_data, now=clock.now())).data)

    @extend_schema(request=None, responses=AwayOut)
    def delete(self, request: Request) -> Response:
        """Come back at once, or don’t go."""
        _own_profile(request)
        return Response(AwayOut(come_back(seller=signed_in(request), now=clock.now())).data)


def _own_profile(request: Request) -> SellerProfile:
    """Raises Unknown for who is no seller."""
    profile = SellerProfile.objects.select_related("user").filter(user=signed_in(request)).first()
    if profile is None:
        raise Unknown
    return profile


urlpatterns = [
    path("tokens/", Tokens.as_view(), name="tokens"),
    path("tokens/<str:public_id>/", Token.as_view(), name="token"),
    path("me/", Me.as_view(), name="me"),
    path("me/away/", MyAbsence.as_view(), name="away"),
    path("me/billing/", MyBilling.as_view(), name="billing"),
]
