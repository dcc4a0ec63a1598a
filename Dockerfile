# The image that all of Homestretch's services run from; docker-compose.yml says which command each has.
FROM python:3.13-slim-trixie AS packages
WORKDIR /build
COPY pyproject.toml requirements.lock scripts/runtime_requirements.py ./
RUN python -m venv /venv \
    && python runtime_requirements.py pyproject.toml requirements.lock > runtime.txt \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes -r runtime.txt

FROM python:3.13-slim-trixie
# The number, not the name, so that Kubernetes and the like can see that it is not root.
RUN groupadd --gid 10001 homestretch \
    && useradd --uid 10001 --gid 10001 --home-dir /var/lib/homestretch --create-home homestretch
# What a PDF is made with.
COPY scripts/system-packages.sh /usr/local/bin/system-packages
# And PostgreSQL's client, of the database's version in docker-compose.yml, for `manage.py restore`.
RUN system-packages printing postgresql-client-17 && rm -rf /var/lib/apt/lists/*
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOMESTRETCH_VAR=/var/lib/homestretch
WORKDIR /app
COPY --from=packages /venv /venv
COPY . .
# The key lives for this one command; an installation's own comes from its environment.
RUN scripts/compile-messages.sh \
    && SECRET_KEY=only-to-collect-files ALLOWED_HOSTS=nowhere.invalid HOMESTRETCH_VAR=/tmp/build \
        python manage.py collectstatic --noinput \
    && rm -rf /tmp/build
USER 10001:10001
VOLUME /var/lib/homestretch
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["python", "scripts/healthy.py"]
CMD ["gunicorn", "clinic.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", \
     "--workers", "2", "--threads", "4", "--worker-tmp-dir", "/dev/shm", "--access-logfile", "-", \
     "--logger-class", "clinic.web_logs.Logger"]
