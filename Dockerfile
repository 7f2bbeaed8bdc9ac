# One image for every process; docker-compose.yml says which command each runs.
FROM python:3.11-slim AS packages
WORKDIR /srv/milepost
COPY requirements/uv.lock requirements/uv.lock
COPY requirements.lock .
RUN python -m venv /opt/uv \
    && /opt/uv/bin/pip install --no-cache-dir --require-hashes -r requirements/uv.lock \
    && /opt/uv/bin/uv venv /opt/venv \
    && /opt/uv/bin/uv pip sync --no-cache --python /opt/venv/bin/python --require-hashes requirements.lock

FROM python:3.11-slim
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 STATIC_ROOT=/srv/static MEDIA_ROOT=/srv/media
RUN useradd --system --uid 1000 milepost && mkdir /srv/media && chown milepost /srv/media
COPY --from=packages /opt/venv /opt/venv
WORKDIR /srv/milepost
COPY . .
RUN SECRET_KEY=only-to-collect python manage.py collectstatic --no-input --verbosity 0
USER milepost
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "marketplace.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", "--preload", "--no-control-socket", "--log-level", "warning"]
