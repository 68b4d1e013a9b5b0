FROM python:3.12-slim

ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1

WORKDIR /app

COPY requirements.txt .
RUN pip install --require-hashes -r requirements.txt

COPY app.py ./
COPY .streamlit .streamlit
COPY credigestor credigestor
COPY pages pages

RUN useradd --system --uid 10001 --no-create-home --home-dir /nonexistent credigestor \
    && install -d -o credigestor -g credigestor -m 0700 /data /backups
ENV CREDIGESTOR_DATA_DIR=/data
VOLUME /data
USER credigestor

EXPOSE 8501
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8501/saude', timeout=4)"]
CMD ["streamlit", "run", "app.py", "--server.address=0.0.0.0", "--server.port=8501"]
