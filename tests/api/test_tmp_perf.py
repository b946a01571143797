import time
from tests.api.caller import told
def test_big(place, amina):
    text = "direction,kind,quantity,summary,reach,door\n" + "".join(f"request,food.cooked_meal,{i%9+1},row {i},+442079460123,door {i}\n" for i in range(5000))
    t=time.time()
    r = amina.post(place + "/intents.csv", text.encode(), Content_Type="text/csv")
    print("IMPORT", time.time()-t, r.status_code, len(text))
    t=time.time(); r=amina.get(place+"/intents.csv"); print("EXPORT", time.time()-t, len(r.content))
    t=time.time(); r=amina.get(place+"/intents", limit=100); print("BOARD", time.time()-t, len(r.content))
    t=time.time(); r=amina.get("/me"); print("ME", time.time()-t)
