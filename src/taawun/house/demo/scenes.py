"""What stands on the board today, whatever chance has brought."""
from taawun.house.demo.story import Story
from taawun.house.demo.life import Life
from taawun.house.demo.founding import Founded

def today(story: Story, life: Life, town: Founded) -> None:
    pass
